"""What is said to who fills in an older version of a form than the newest."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from madoguchi.applications.actions import left_over, waiting_switch
from madoguchi.applications.models import Application, VersionSwitch
from madoguchi.applications.views.summary import groups_of
from madoguchi.engines.forms import Walk, pick
from madoguchi.lib.tags import reader


def newer_version(application: Application) -> dict[str, Any] | None:
    """What is said of a newer version to who fills in an older one: what changed for this person, where the publisher wants them asked.

    Without a word of the publisher's it is said whenever the change is more than wording; who said no is not asked again.
    """
    current = application.procedure.current
    if current is None or current.pk == application.version_id or not application.is_draft:
        return None
    switch = waiting_switch(application=application)
    if switch is not None:
        return {"number": switch.after.number, "changes": changed_for(switch)}
    if application.switches.filter(after=current).exists():
        return None
    since = application.procedure.versions.filter(number__gt=application.version.number).exclude(change="wording")
    return {"number": current.number, "changes": []} if since.exists() else None


def changed_for(switch: VersionSwitch) -> list[str]:
    """The questions that come, go or change for this person, in words and once each."""
    speech, found = reader(), dict[str, str]()
    old, new = switch.before.form, switch.after.form
    for key, name in switch.touched:
        if not key.startswith("question.") or key == "question.wording" or name in found:
            continue
        label = pick((new if new.has(name) else old).question(name).label, speech)
        words = {"question.added": _("新しい項目：%(label)s"), "question.removed": _("なくなる項目：%(label)s")}
        found[name] = words.get(key, _("変わる項目：%(label)s")) % {"label": label}
    return list(found.values())


def left_rows(application: Application, walked: Walk) -> list[dict[str, Any]]:
    """Answers of an earlier version that the new one has no place for: shown, so that nobody thinks them lost."""
    left = left_over(application=application, walked=walked)
    return groups_of(left[0], application, only=left[1]) if left is not None else []
