"""Figures of a period as the API returns them, for tests of the screen."""

from __future__ import annotations

from typing import Any

NOTHING = {"count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "p99_s": None, "error": 0.01}


def timing(p50: float, count: int = 100) -> dict[str, Any]:
    return {"count": count, "mean_s": p50, "p50_s": p50, "p90_s": 3 * p50, "p99_s": 9 * p50, "error": 0.01}


def period_sums(received: int = 30, resolved: int = 20, on_time: int = 18, overdue: int = 2) -> dict[str, Any]:
    due = resolved + overdue
    return {
        "received": received,
        "resolved": resolved,
        "reopened": 2,
        "reopen_rate": 0.02,
        "handling": timing(7200),
        "working": timing(3600),
        "acknowledge": timing(300),
        "assign": NOTHING,
        "standing": {"open": received - resolved + overdue, "overdue": overdue},
        "qd766": {
            "to_be_handled": due,
            "on_time": on_time,
            "on_time_rate": round(on_time / due, 6),
            "not_satisfied": 3,
            "satisfaction_rate": None,
        },
        "tickets": {"issued": 40, "left_rate": 0.05, "waiting": timing(360)},
        "documents": {"sent": 10, "signed_rate": 0.8},
        "surveys": {"answers": 20, "satisfaction_rate": 0.9},
        "online": {"dossiers": 50, "online_rate": 0.7, "full_share": 0.4, "partial_share": 0.5},
        "escalated_to": {f"level_{n}": 5 if n == 1 else 0 for n in range(1, 10)},
        "raised_to": {f"level_{n}": 0 for n in range(1, 10)},
        "reduction": {"compared": 10, "before_s": 19200, "mean_s": 7200, "rate": 0.625},
    }
