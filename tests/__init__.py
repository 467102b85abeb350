"""Tests, apart by what they need: `unit` needs nothing, `streams` a broker, `screen` a browser, and so on."""
