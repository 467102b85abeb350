"""The city's catalogue: services, units, wards, procedures, calendars, channels and rules, checked as a whole.

It is read from YAML once, at the start of a process. Every fault of every file is named at once; a catalogue with one
fault is not used at all.
"""

from ioc.catalogue.channel import SCREEN, Channel, ChannelKind, Quiet
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reading.faults import CatalogueError
from ioc.catalogue.reading.load import FILES, OPTIONAL_FILES, catalogue_of, hue_folder, load_catalogue
from ioc.catalogue.service import Baseline, Category, Online, Procedure, Service
from ioc.catalogue.unit import Unit, Ward

__all__ = [
    "FILES",
    "OPTIONAL_FILES",
    "SCREEN",
    "Baseline",
    "Catalogue",
    "CatalogueError",
    "Category",
    "Channel",
    "ChannelKind",
    "Online",
    "Procedure",
    "Quiet",
    "Service",
    "Unit",
    "Ward",
    "catalogue_of",
    "hue_folder",
    "load_catalogue",
]
