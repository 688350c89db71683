"""The display on the desk: an Arduino UNO with an LCD1602 on a USB cable."""

from flatwatt.sinks.lcd.extras import extras_from
from flatwatt.sinks.lcd.link import LcdDisplay, Options

__all__ = ["LcdDisplay", "Options", "extras_from"]
