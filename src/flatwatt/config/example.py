"""The commented example that `flatwatt init` writes."""

EXAMPLE = """\
# flatwatt.toml: the flat, its plugs and its electricity contract.
# `flatwatt check` reads it and says what is wrong, line by line.

[flat]
name = "Our flat"
timezone = "Europe/Berlin"    # days, weeks and months are local ones
language = "en"               # "en" or "de"

# One table a contract; a new price is a new table with its first day.
[[tariff]]
valid_from = 2026-01-01
rate_eur_kwh = 0.32           # Arbeitspreis, EUR per kWh
base_fee_eur_month = 12.90    # Grundpreis, EUR per month

# One table a plug. The word after "plugs." is the appliance's id: lower-case letters,
# digits, _ and -. It stands in the record, so keep it when the plug is replaced.
#
# family      shelly (Gen2, Gen3, Gen4), shelly1 (Gen1), tasmota, simulated, replay
# appliance   what is plugged in: washing_machine, dryer, washer_dryer, dishwasher,
#             printer_3d, fridge, other
# name        what people read
# interval_s  seconds between two readings (optional)
#
# Passwords do not belong here: write them into secrets.toml beside this file.

[plugs.printer]
family = "simulated"          # replace by your plug: family = "shelly", host = "192.168.178.40"
load = "printer_3d"
appliance = "printer_3d"
name = "3D printer"

# [plugs.washer]
# family = "shelly1"
# host = "192.168.178.41"
# appliance = "washing_machine"
# name = "Washing machine"

# [plugs.fridge]
# family = "tasmota"
# host = "192.168.178.42"
# appliance = "fridge"
# name = "Fridge"

# An Arduino UNO with an LCD1602 on a USB cable: docs/display.md
# [display]
# port = ""                   # empty: found by itself

# Quarter-hours for whoever looks after many flats: docs/scale.md
# [fleet]
# to = "/mnt/fleet"           # a mounted folder; `flatwatt fleet push` sends there
# detail = "flat"             # or "kinds", "ids": what is said of appliances

# [record]
# sync_s = 60                 # the most a power cut can cost, in seconds
# keep_days = 730             # `flatwatt record prune` deletes older days; else kept for ever

# Days that are over, as Parquet beside the CSV: pip install 'flatwatt[archive]'
# [archive]
# csv = "keep"                # or "gzip", or "move" with folder = "/mnt/disk/flatwatt"
# after_days = 90             # only files that are older
"""

EXAMPLE_SECRETS = """\
# secrets.toml: passwords of plugs. Only you can read this file (mode 0600).
# [plugs.washer]
# password = "…"
"""
