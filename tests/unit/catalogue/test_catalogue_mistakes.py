"""Everything wrong with the rows of a catalogue is told in one message, and nothing that only follows from it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc.catalogue.reading.errors import CatalogueError
from ioc.catalogue.reading.load import hue_folder, load_catalogue

# Below the name of a list: `+` a row that is added to it, `-` a fault it makes. What begins with @ stands for what is
# of no interest, see SHORT; a rule with a @match cannot tie with another.
MISTAKES = """
services.yml/services
+ code: s1, @names, unit: nobody
- s1: unknown unit 'nobody'
+ code: s2, @names, cadence: often
- s2.cadence: a duration looks like 30m, 8h, 1h30m or 2d
+ code: s3, @names, cadence: 0s
- s3.cadence: must be more than nothing
+ code: s4, @names, cadence: 4000d
- s4.cadence: longer than ten years
+ code: health, @names
- services[n]: 'health' is there twice
+ code: s5, @names, online: some
- s5.online: must be one of ['full', 'none', 'partial']
+ code: s6, name_vi: A, name_en: null, cadence: ""
- s6.name_en: must be string
- s6.cadence: shorter than 1 characters
+ code: s7, @names, categories: [{code: a, @names, icon: x}, {code: a, @names}, {name_vi: A}, b]
- s7.categories: 'a' is there twice
- s7.categories.0.icon: unknown field
- s7.categories.2.code: missing
- s7.categories.2.name_en: missing
- s7.categories.3: must be object
+ code: s8, @names, dossiers: yes, online_channels: [web]
- s8.dossiers: must be boolean
+ code: s10, @names, dossiers: true, online_channels: [web, web]
- s10.online_channels: 'web' is there twice
+ code: s11, @names, dossiers: true, online_channels: [""]
- s11.online_channels.0: shorter than 1 characters
+ code: s9, @names, online_channels: [web]
- s9.online_channels: are those of dossiers, and this service has none
+ @names, unit: nobody
- services[n].code: missing
- services[n]: unknown unit 'nobody'

units.yml/units
+ code: ioc, name: A
- units[n]: 'ioc' is there twice
+ code: u1, name: A, parent: nowhere
- u1: unknown parent 'nowhere'
+ code: u2, name: A, parent: u2
- u2: is above itself
+ code: u3, name: A, boss: x, team: y
- u3.boss: unknown field
- u3.team: unknown field
+ code: "", name: A
- units[n].code: shorter than 1 characters

wards.yml/wards
+ code: 19753, name: A, short_name: A, lat: 16, lon: 107, area_km2: 1
- wards[n].code: must be string
+ code: "1", name: A, short_name: A, lat: 16, lon: 107
- 1.area_km2: missing
+ code: "2", name: A, short_name: A, lat: 164.7, lon: -190, area_km2: -1
- 2.area_km2: less than 0
- 2.lat: more than 90
- 2.lon: less than -180
+ code: "3", name: A, short_name: A, lat: .nan, lon: 1e999, area_km2: true
- 3.area_km2: must be number
- 3.lat: must be number
- 3.lon: more than 180

procedures.yml/procedures
+ code: EX-001, @names, service: health, unit: ioc, online: full
- procedures[n]: 'EX-001' is there twice
+ code: p1, @names, service: magic, unit: nobody, online: all, target: soon
- p1: unknown service 'magic'
- p1: unknown unit 'nobody'
- p1.online: must be one of ['full', 'none', 'partial']
- p1.target: a duration looks like 30m, 8h, 1h30m or 2d
+ code: p2, @names, service: health, unit: ioc, online: full, target: 0m
- p2.target: must be more than nothing
+ code: 1.001, @names, service: health, unit: ioc, online: full
- procedures[n].code: must be string
+ code: land, @names, service: one-stop-shop, unit: ioc, online: full
- land: is a category of 'one-stop-shop' already

baselines.yml/baselines
+ service: astrology, handling: 3d, source: x
- astrology: unknown service 'astrology'
+ service: health, handling: 0d, source: x
- health.handling: must be more than nothing
+ service: education, handling: 3d
- education.source: missing
+ service: field-reports, handling: 3d, source: x
- baselines[n]: 'field-reports' is there twice
+ service: environment, handling: -3d, source: x, in: haste
- environment.in: must be one of ['wall', 'working']
- environment.handling: a duration looks like 30m, 8h, 1h30m or 2d

calendars.yml/calendars
+ id: "247", always: true
- calendars[n]: '247' is there twice
+ id: c1, week: {mon-fri: []}
- c1: no working time
+ id: c2
- c2: no working time
+ id: c3, week: {monday: ["08:00-12:00"], fri-mon: ["08:00-12:00"]}
- c3.week.monday: not days such as mon or mon-fri, in the order from mon to sun
- c3.week.fri-mon: not days such as mon or mon-fri, in the order from mon to sun
+ id: c4, week: {mon: ["8h-12h", "13:00-14:00-15:00"], tue: ["24:00-25:00"]}
- c4.week.mon: '8h-12h' is not hours such as 07:30-11:30
- c4.week.mon: '13:00-14:00-15:00' is not hours such as 07:30-11:30
- c4.week.tue: '24:00-25:00' is not hours such as 07:30-11:30
+ id: c5, week: {mon-fri: ["12:00-08:00", "13:00-17:00", "16:00-18:00", "noon"]}
- c5: 12:00-08:00 ends before it begins
- c5: 13:00-17:00 and 16:00-18:00 overlap
- c5.week.mon-fri: 'noon' is not hours such as 07:30-11:30
+ id: c6, always: true, @mornings, holidays: [{date: 2026-01-01, name: A}], workdays: [{date: 2026-01-03}]
- c6.week: a calendar that is always open has none
- c6.holidays: a calendar that is always open has none
- c6.workdays: a calendar that is always open has none
+ id: c7, week: {mon-fri: ["08:00-12:00"], wed: ["08:00-09:00"]}
- c7.week.wed: 'wed' is there twice
+ id: c8, @mornings, holidays: [{date: 2026-01-05, to: 2026-01-01, name: A}, {date: 2026-02-30, name: A}, {name: A}]
- c8.holidays.0: ends on 2026-01-01, before it begins on 2026-01-05
- c8.holidays.1.date: '2026-02-30' is not a day such as 2026-01-02
- c8.holidays.2.date: missing
+ id: c9, @mornings, holidays: [{date: 2026-05-01, to: 2026-05-03, name: A}, {date: 2026-05-02, name: B}]
- c9.holidays.1: 2026-05-02 is off twice
+ id: c10, @mornings, holidays: [{date: 0206-01-01, name: A}, {date: 2026-03-01, to: 2036-03-01, name: A}, @until(may)]
- c10.holidays.0.date: 0206-01-01 is not a day from 1970 to 2099
- c10.holidays.1: longer than a year
- c10.holidays.2.to: 'may' is not a day such as 2026-01-02
+ id: c11, @mornings, workdays: [{date: 2026-05-09, like: 8}, {date: 2026-05-16, like: 0}, {date: 2026-05-23, like: a}]
- c11.workdays.0.like: more than 7
- c11.workdays.1.like: less than 1
- c11.workdays.2.like: must be integer
+ id: c14, @mornings, workdays: [{date: 2026-05-09, like: 1.0}]
- c14.workdays: Expected `int`, got `float` - at `$[n].like`
+ id: c12, @mornings, holidays: [{date: 2026-05-02, name: A}], workdays: [{date: 2026-05-02}, {date: 5}, {date: may}]
- c12.workdays.0: 2026-05-02 is off and worked
- c12.workdays.1.date: must be string
- c12.workdays.2.date: 'may' is not a day such as 2026-01-02
+ id: c13, @mornings, workdays: [{date: 2026-05-23}, {date: 2026-05-23}, {date: 2026-05-16, like: 6}]
- c13.workdays.1: 2026-05-23 is worked twice
- c13.workdays.2: is like sat, which has no hours

rules.yml/rules
+ @rule(i1), involve: [nobody, ioc, ioc, 5]
- i1.involve.3: must be string
+ @rule(i2), involve: [nobody, ioc, ioc]
- i2.involve: unknown unit 'nobody'
- i2.involve: 'ioc' is there twice
+ id: r1, calendar: moon, targets: {assign: 0m, resolve: 99999999d}, match: {service: magic, source: r1, unit: nobody}
- r1.calendar: unknown calendar 'moon'
- r1.targets.assign: must be more than nothing
- r1.targets.resolve: longer than ten years
- r1.match.service: unknown service 'magic'
- r1.match.unit: unknown unit 'nobody'
+ id: r2, calendar: "247", targets: {assign: -2h, resolv: 1h}, @match(r2)
- r2.targets.assign: a duration looks like 30m, 8h, 1h30m or 2d
- r2.targets.resolv: not a target
+ @rule(r3), on_priority: guess, on_reopen: guess, warn: 1, acknowledged_for: 0m
- r3.on_priority: must be one of ['keep-elapsed', 'proportional', 'reset', 'retroactive']
- r3.on_reopen: must be one of ['continue', 'never-paused', 'reset']
- r3.acknowledged_for: must be more than nothing
- r3.warn: the warning must be a share between 0 and 1
+ id: r4, calendar: "247", targets: {}, @match(r4)
- r4.targets: a rule needs at least one
+ id: r5, @match(r5), colour: red
- r5.calendar: missing
- r5.colour: unknown field
- r5.targets: a rule needs at least one
+ @only(r6), match: {mood: bad, category: [], source: r6, unit: [ioc, 5], service: null}
- r6.match.mood: not a side of a match
- r6.match.category: must not be empty
- r6.match.unit: must be a name or a list of names
- r6.match.service: must be a name or a list of names
+ @only(r7), match: {priority: [dire, low], category: tree, source: r7, unit: ioc}
- r7.match.priority: 'dire' is not a priority
+ @only(r8), match: {service: health, category: [food, tree, land], source: r8}
- r8.match.category: unknown category 'land'
- r8.match.category: unknown category 'tree'
+ @only(r9), match: {category: nope, source: r9, unit: ioc}
- r9.match.category: unknown category 'nope'
+ id: urgent, calendar: "247", targets: {resolve: 1h}, @match(r10)
- rules[n]: 'urgent' is there twice
+ @rule(r11), warn: 0, ladder: [{level: 2, whom: ioc}, {level: 2, whom: ioc}]
- r11.warn: the warning must be a share between 0 and 1
- r11.ladder: the levels of a ladder must rise
+ @rule(r12), ladder: [{level: 1, whom: mayor, channel: pigeon}, {level: 0, whom: mayor}, {whom: ioc, channel: pigeon}]
- r12.ladder.1.level: less than 1
- r12.ladder.2.level: missing
- r12.ladder.0.whom: unknown unit 'mayor'
- r12.ladder.0.channel: unknown channel 'pigeon'
- r12.ladder.1.whom: unknown unit 'mayor'
- r12.ladder.2.channel: unknown channel 'pigeon'
+ @rule(r13), ladder: [{level: 1, whom: ioc, after: 2h}, {level: 2, whom: ioc, after: 1h}]
- r13.ladder: a rung must not come before the one below it: after must not fall
+ id: r14, calendar: hanh-chinh, targets: {resolve: 1h}, @match(r14), ladder: [@late(working), @later(wall)]
- r14.ladder: a rung in wall time could come before the one below it, in working time
+ @rule(r15), ladder: [{level: 1, whom: ioc, repeat: {every: 2h, times: 3}}, {level: 2, whom: ioc, after: later}]
- r15.ladder.0.repeat: only the last rung repeats
- r15.ladder.1.after: a duration looks like 30m, 8h, 1h30m or 2d
+ @rule(r16), ladder: [{level: 1, whom: ioc, in: lunch, repeat: {every: 59s, times: 0, until: x}}]
- r16.ladder.0.in: must be one of ['wall', 'working']
- r16.ladder.0.repeat.until: unknown field
- r16.ladder.0.repeat.times: less than 1
- r16.ladder.0.repeat.every: must be a minute at least
+ @rule(r17), ladder: [{level: 1, whom: ioc, repeat: {every: 50d, times: 100}}]
- r17.ladder.0.repeat: goes on for longer than ten years

channels.yml/channels
+ id: message, kind: apprise, url: "${IOC_URL}"
- channels[n]: 'message' is there twice
+ id: k1, kind: pigeon
- k1.kind: must be one of ['apprise', 'screen', 'webhook']
+ id: k2, kind: apprise
- k2: needs a url, being of the kind apprise
+ id: k3, kind: webhook, url: ftp://hook.example
- k3: needs a signing_key: a webhook is signed
- k3: the url of a webhook begins with https:// or http://
+ id: k4, kind: screen, url: "${IOC_URL}", signing_key: IOC_KEY
- k4: a screen has no url
- k4: has no use for a signing_key: only a webhook is signed
+ id: screen, kind: apprise, url: "${IOC_URL}"
- screen: the screen is of the kind screen
+ id: k5, kind: screen, per_minute: -1
- k5.per_minute: less than 1
+ id: k6, kind: screen, per_minute: 0
- k6.per_minute: less than 1
+ id: k7, kind: screen, quiet: ["22:00-06:00", "05:00-07:00", "12:00-13:00", "13:00-14:00"]
- k7.quiet: 22:00-06:00 and 05:00-07:00 overlap
+ id: k8, kind: screen, quiet: ["22:00", "06:00-06:00"]
- k8.quiet: '22:00' is not hours such as 07:30-11:30
- k8.quiet: 06:00-06:00 ends when it begins
+ id: k9, kind: apprise, url: mailto://centre.example
- k9: url must name an environment variable: a secret belongs in an environment variable, and its name here
+ id: k10, kind: webhook, url: "https://${ioc_host}/x", signing_key: IOC_KEY
- k10: url must name environment variables as in ${IOC_MESSAGE_TOKEN}
+ id: k11, kind: webhook, url: "https://${IOC_HOST/x", signing_key: IOC_KEY
- k11: url must name environment variables as in ${IOC_MESSAGE_TOKEN}
+ id: k12, kind: webhook, url: "https://[x/", signing_key: IOC_KEY
- k12: url is not a URL

channels.yml/routes
+ unit: nobody, channels: [message, pigeon, message]
- nobody: unknown unit 'nobody'
- nobody: 'message' is there twice
- nobody: unknown channel 'pigeon'
+ unit: hepco, channels: []
- hepco.channels: fewer than 1 items
+ unit: ioc, channels: [screen]
- routes[n]: 'ioc' is there twice

indicators.yml/indicators
+ @kind(i1), service: magic, unit: nobody, @level(5; 4)
- i1: unknown service 'magic'
- i1: unknown unit 'nobody'
+ @kind(i2), service: health, category: land, silence: {category: sea, unit: nobody}, @level(5; 5)
- i2: unknown category 'land'
- i2.silence: unknown category 'sea'
- i2.silence: unknown unit 'nobody'
- i2.level 1: clear_at must lie below at
+ @kind(i3), service: health, direction: below, @level(5; 4)
- i3.level 1: clear_at must lie above at
+ @kind(i4), service: health, thresholds: [@one(1; 5; 4), @one(2; 5; 4), @one(2; 7; 3)]
- i4.level 2: at must lie beyond that of level 1
- i4.level 2: the levels must rise
- i4.level 2: would be left after level 2: clear_at must not lie on its good side
+ @kind(i5), service: health, thresholds: [{@first, hold: -5m, priority: dire, colour: x}]
- i5.thresholds.0.priority: must be one of ['high', 'low', 'normal', 'urgent']
- i5.thresholds.0.colour: unknown field
- i5.thresholds.0.hold: a duration looks like 30m, 8h, 1h30m or 2d
+ @kind(i6), service: health, thresholds: []
- i6.thresholds: a kind needs at least one
+ kind: i7, @names, measure: "", service: health, direction: sideways, @level(5; 4), silent_after: 0s
- i7.measure: shorter than 1 characters
- i7.direction: must be one of ['above', 'below']
- i7.silent_after: must be more than nothing
+ @kind(i8), service: health, thresholds: [{level: 0, at: high, clear_at: 4, title_vi: A}]
- i8.thresholds.0.level: less than 1
- i8.thresholds.0.at: must be number
- i8.thresholds.0.title_en: missing
+ @kind(oxygen), service: health, @level(5; 4)
- indicators[n]: 'oxygen' is there twice
+ @kind(i9), service: health, thresholds: [{@first, unit: nobody, category: sea, hold: soon}]
- i9.thresholds.0: unknown category 'sea'
- i9.thresholds.0: unknown unit 'nobody'
- i9.thresholds.0.hold: a duration looks like 30m, 8h, 1h30m or 2d

indicators.yml/sensors
+ id: "x:1", kind: ghosts, name: A, ward: "0"
- x:1: unknown kind 'ghosts'
- x:1: unknown ward '0'
+ id: Upper, kind: rain, name: A, silent_after: never
- Upper.id: must be '<source slug>:<subject>', of letters, digits, hyphens and dots
- Upper.silent_after: a duration looks like 30m, 8h, 1h30m or 2d
+ id: "x:3", kind: rain, name: A, lat: 91, lon: 181
- x:3.lat: more than 90
- x:3.lon: more than 180
+ id: "x:4", kind: rain, name: A, thresholds: [{level: 1, at: 70}, {level: 1, hold: -1s}, {level: 7, at: 1}]
- x:4.thresholds: level 1 is there twice
- x:4.thresholds: its kind has no level 7
- x:4.thresholds.level 1.hold: a duration looks like 30m, 8h, 1h30m or 2d
+ id: "x:5", kind: rain, name: A, thresholds: [{level: 1, at: 70}]
- x:5.level 2: at must lie beyond that of level 1
+ id: "x:6", kind: rain, name: A, thresholds: [{level: 2, clear_at: 60}]
- x:6.level 2: clear_at must lie below at
+ id: "rain-gauges:hue", kind: rain, name: A
- sensors[n]: 'rain-gauges:hue' is there twice

duplicates.yml/duplicates
+ id: d1, service: magic, radius_m: 10, within: 1h
- d1.service: unknown service 'magic'
+ id: d2, service: health, categories: [food, sea], radius_m: 0, within: 0s, action: forget
- d2.categories: unknown category 'sea'
- d2.radius_m: less than 1
- d2.action: must be one of ['merge', 'propose']
- d2.within: must be more than nothing
+ id: d3, service: health, categories: [food, food], radius_m: 5001, within: 31d
- d3.radius_m: more than 5000
- d3.within: longer than thirty days
+ id: d4, service: field-reports, categories: [order, power], radius_m: 10, within: 1h
- d4: ties with 'blackout': both are for reports of 'field-reports' and 'power'
+ id: d5, service: health, categories: [food, food], radius_m: 10, within: 1h
- d5.categories: 'food' is there twice
+ id: blackout, service: health, radius_m: 10, within: 1h
- duplicates[n]: 'blackout' is there twice

causes.yml/causes
+ id: c1, @names, matters: []
- c1.matters: fewer than 1 items
+ id: c2, @names, matters: [{service: magic}, {service: health, categories: [sea]}, {service: health}]
- c2.matters: unknown service 'magic'
- c2.matters: 'health' is there twice
- c2.matters: unknown category 'sea'
+ id: storm, @names, matters: [{service: health}]
- causes[n]: 'storm' is there twice
"""
SHORT = {
    r"@kind\((\w+)\)": r"kind: \1, name_vi: A, name_en: A, measure: m, silent_after: 1h",
    r"@level\((\d+); (\d+)\)": r"thresholds: [@one(1; \1; \2)]",
    r"@one\((\d+); (\d+); (\d+)\)": r"{level: \1, at: \2, clear_at: \3, @titles}",
    r"@first": "level: 1, at: 5, clear_at: 4, @titles",
    r"@titles": "title_vi: A, title_en: A",
    r"@names": "name_vi: A, name_en: A",
    r"@mornings": 'week: {mon-fri: ["08:00-12:00"]}',
    r"@rule\((\w+)\)": r"@only(\1), @match(\1)",
    r"@only\((\w+)\)": r'id: \1, calendar: "247", targets: {resolve: 1h}',
    r"@until\((\w+)\)": r"{date: 2026-04-01, to: \1, name: A}",
    r"@late\((\w+)\)": r"{level: 1, whom: ioc, after: 1h, in: \1}",
    r"@later\((\w+)\)": r"{level: 2, whom: ioc, after: 2h, in: \1}",
    r"@match\((\w+)\)": r"match: {category: tree, source: \1, unit: ioc}",
}


def told() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each mistake: the list, the row, and the faults it makes."""
    for block in MISTAKES.strip().split("\n\n"):
        place, rows = block.split("\n+ ", 1)
        for row, *faults in (one.split("\n- ") for one in rows.split("\n+ ")):
            yield place, row, [f"{place.partition('/')[0]}: {fault.strip()}" for fault in faults]


def add(folder: Path, place: str, row: str) -> None:
    """Add a row at the end of a list of a file."""
    for short, long in SHORT.items():
        row = re.sub(short, long, row)
    file, _, name = place.partition("/")
    head, start, tail = (folder / file).read_text().partition(f"{name}:\n")
    rows, blank, rest = tail.partition("\n\n#")
    (folder / file).write_text(f"{head}{start}{rows}\n  - {{{row}}}\n{blank}{rest}")


def faults(folder: Path) -> list[str]:
    """Return the faults of a catalogue; the place of a row, which depends on the rows before it, as [n]."""
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)
    assert str(refused.value).splitlines() == refused.value.errors, "one message tells them all"
    assert len(set(refused.value.errors)) == len(refused.value.errors), "and each once"
    return sorted(re.sub(r"\[\d+\]", "[n]", fault) for fault in refused.value.errors)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue, to be spoilt."""
    return Path(shutil.copytree(hue_folder(), tmp_path / "city"))


@pytest.mark.parametrize(("place", "row", "expected"), [pytest.param(*one, id=one[1][:20]) for one in told()])
def test_a_mistake_is_told_and_nothing_that_only_follows_from_it(
    folder: Path, place: str, row: str, expected: list[str]
) -> None:
    add(folder, place, row)
    assert faults(folder) == sorted(expected)


def test_every_mistake_of_every_file_is_in_one_message(folder: Path) -> None:
    for place, row, _ in told():
        add(folder, place, row)
    assert faults(folder) == sorted(fault for *_, expected in told() for fault in expected)
