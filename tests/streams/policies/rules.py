"""The rules of these tests: each service stands for one policy or step."""

ON_PRIORITY = {
    "field-reports": "retroactive",
    "environment": "keep-elapsed",
    "health": "reset",
    "education": "proportional",
}

ON_REOPEN = {"order-cameras": "continue", "press-monitoring": "reset", "electronic-card": "never-paused"}


def _rule(rule_id: str, service: str, targets: str, *more: str, match: str = "", calendar: str = "hanh-chinh") -> str:
    fixed = f"{{service: {service}{match}}}"
    return "\n    ".join(
        [f"  - id: {rule_id}", f"match: {fixed}", f'calendar: "{calendar}"', f"targets: {targets}", *more]
    )


REPEATED_STEPS = (
    "ladder: [{level: 1, whom: ioc}, {level: 2, after: 1h, in: wall, whom: ubnd-tp, repeat: {every: 2h, times: 3}}]"
)

THREE_STEPS = (
    "ladder: [{level: 1, whom: ioc}, {level: 2, after: 1h, whom: ioc}, "
    "{level: 3, after: 5h, whom: ubnd-tp, repeat: {every: 10m, times: 20}}]"
)

FIRST_STEP_SOON = "ladder: [{level: 1, after: 8s, whom: ioc}]"

RULES = [
    *(_rule(f"{name}-normal", name, "{resolve: 16h}", match=", priority: normal") for name in ON_PRIORITY),
    *(
        _rule(f"{name}-high", name, "{resolve: 4h}", f"on_priority: {policy}", match=", priority: high")
        for name, policy in ON_PRIORITY.items()
    ),
    *(_rule(name, name, "{resolve: 8h}", f"on_reopen: {policy}") for name, policy in ON_REOPEN.items()),
    _rule("warned", "traffic-cameras", "{resolve: 8h}", "warn: 0.8", REPEATED_STEPS),
    _rule("paused", "one-stop-shop", "{resolve: 4h}"),
    _rule("steep", "flood-rain", "{resolve: 30m}", THREE_STEPS, calendar="247"),
    _rule(
        "soon",
        "fishing-boats",
        "{acknowledge: 1h, resolve: 1h}",
        "acknowledged_for: 6s",
        FIRST_STEP_SOON,
        calendar="247",
    ),
]
