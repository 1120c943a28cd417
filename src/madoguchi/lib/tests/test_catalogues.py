from __future__ import annotations

import gettext
import os
import subprocess
import sys

import pytest

from madoguchi.lib import catalogues

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
TITLE = gettext_lazy("受付番号")
def say(count, name):
    _("%(name)sさん、こんにちは。") % {"name": name}
    _("次へ" "進む")
    ngettext("%(count)d件", "%(count)d件あります", count) % {"count": count}
    pgettext("月", "何月")
    _(name)
    return f"{name}" + "訳さない"
"""
HTML = """{% extends "x.html" %}
  {% block a %}
<p>{% translate "お知らせ" %} {{ _("戻る") }}</p>
      {% blocktranslate trimmed with who=person.name %}
        {{ who }}さんの
        手続
      {% endblocktranslate %}
   {% blocktranslate count n=total %}{{ n }}人{% plural %}{{ n }}人います{% endblocktranslate %}
 {% translate "開く" context "扉" %} {# Translators: x #} it's "quoted ( [ {
{% comment %}{% translate "見えない" %}{% endcomment %}
"""
MSGIDS = {
    ("", "受付番号"),
    ("", "%(name)sさん、こんにちは。"),
    ("", "次へ進む"),
    ("", "%(count)d件"),
    ("月", "何月"),
    ("", "お知らせ"),
    ("", "戻る"),
    ("", "%(who)sさんの手続"),
    ("", "%(n)s人"),
    ("扉", "開く"),
}
PLURALS = [("%(count)d件", "%(count)d件あります", "%(count)d things"), ("%(n)s人", "%(n)s人います", "%(n)s people")]


@pytest.fixture
def tree(tmp_path):
    """A package with a source, a template, a test that must be left out, and its locale folder."""
    package = tmp_path / "town"
    for name, text in [
        ("room/views.py", PYTHON),
        ("room/templates/a.html", HTML),
        ("room/tests/test_a.py", "_('試験')"),
        ("room/note.txt", "_('x')"),
    ]:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    return package, package / "locale"


def fill(po, **translations: str) -> None:
    """Write translations as a person would, in place."""
    text = po.read_text(encoding="utf-8")
    for msgid, msgstr in translations.items():
        text = text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    po.write_text(text, encoding="utf-8")


def fill_all(po) -> None:
    catalog = catalogues._read(po.read_text(encoding="utf-8"), "en")
    lines = po.read_text(encoding="utf-8")
    for message in catalog:
        if isinstance(message.id, str) and message.id and not message.string:
            lines = lines.replace(f'msgid "{message.id}"\nmsgstr ""', f'msgid "{message.id}"\nmsgstr "{message.id}"')
    for _one, many, english in PLURALS:
        lines = lines.replace(f'{many}"\nmsgstr[0] ""\nmsgstr[1] ""', f'{many}"\nmsgstr[0] "one"\nmsgstr[1] "{english}"')
    po.write_text(lines, encoding="utf-8")


def test_collects_from_sources_and_templates(tree) -> None:
    package, _ = tree
    found = catalogues.collect(package)
    keys = set(catalogues._by_key(found))
    assert {(context, msgid.replace(" ", "")) for context, msgid in keys} == MSGIDS


def test_extract_is_sorted_and_changes_nothing_the_second_time(tree) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    po = locale / "en/LC_MESSAGES/django.po"
    text = po.read_text(encoding="utf-8")
    assert "POT-Creation-Date" not in text
    assert "#:" not in text
    ids = [line for line in text.splitlines() if line.startswith("msgid ")][1:]
    assert ids == sorted(ids)
    assert len(ids) == len(MSGIDS)
    before = po.stat().st_mtime_ns
    catalogues.extract_all(package, locale)
    assert po.stat().st_mtime_ns == before
    assert "nplurals=1" in (locale / "ja_Plain/LC_MESSAGES/django.po").read_text(encoding="utf-8")


def test_translations_are_kept_and_unused_ones_dropped(tree) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    po = locale / "en/LC_MESSAGES/django.po"
    fill(po, 受付番号="Number", 戻る="Back")
    (package / "room/views.py").write_text(PYTHON.replace('"受付番号"', '"新しい番号"'), encoding="utf-8")
    catalogues.extract_all(package, locale)
    text = po.read_text(encoding="utf-8")
    assert 'msgid "戻る"\nmsgstr "Back"' in text
    assert 'msgid "新しい番号"\nmsgstr ""' in text
    assert "Number" not in text
    assert "#~" not in text


def test_check_says_what_is_wrong(tree) -> None:
    package, locale = tree
    problems = catalogues.check_all(package, locale)
    assert "en: not up to date" in problems[0]
    assert "en: new in the sources: '受付番号'" in problems
    catalogues.extract_all(package, locale)
    problems = catalogues.check_all(package, locale)
    assert len(problems) == len(MSGIDS)
    assert "en: missing: '受付番号'" in problems
    assert "en: missing: '何月' (月)" in problems
    fill_all(locale / "en/LC_MESSAGES/django.po")
    assert catalogues.check_all(package, locale) == []


@pytest.mark.parametrize("language", ["en", "ja_Plain"])
@pytest.mark.parametrize("wrong", ["Hello", "Hello %(nmae)s", "Hello %(name)d", "Hello %(name)s %(name2)s"])
def test_other_placeholders(tree, language, wrong) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    fill(locale / language / "LC_MESSAGES/django.po", **{"%(name)sさん、こんにちは。": wrong})
    assert f"{language}: other placeholders: '%(name)sさん、こんにちは。'" in catalogues.check_all(package, locale)


def test_fuzzy_and_unused_are_found(tree) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    po = locale / "en/LC_MESSAGES/django.po"
    fill_all(po)
    text = po.read_text(encoding="utf-8").replace('msgid "戻る"', '#, fuzzy\nmsgid "戻る"')
    po.write_text(text + '\nmsgid "古い"\nmsgstr "old"\n', encoding="utf-8")
    problems = catalogues.check_all(package, locale)
    assert "en: fuzzy: '戻る'" in problems
    assert "en: used no more: '古い'" in problems


def test_a_broken_file_is_named(tree) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    po = locale / "en/LC_MESSAGES/django.po"
    po.write_text(po.read_text(encoding="utf-8") + "\nmsgid broken\n", encoding="utf-8")
    with pytest.raises(ValueError, match="en"):
        catalogues.check_all(package, locale)


def test_compile_only_what_is_older(tree) -> None:
    package, locale = tree
    catalogues.extract_all(package, locale)
    fill_all(locale / "en/LC_MESSAGES/django.po")
    fill(locale / "en/LC_MESSAGES/django.po", 戻る="Back")
    assert len(catalogues.compile_all(locale)) == 2
    assert catalogues.compile_all(locale) == []
    os.utime(locale / "en/LC_MESSAGES/django.mo", (1, 1))
    assert [path.parent.parent.name for path in catalogues.compile_all(locale)] == ["en"]
    with (locale / "en/LC_MESSAGES/django.mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.ngettext("%(count)d件", "%(count)d件あります", 1) == "one"
    assert english.ngettext("%(count)d件", "%(count)d件あります", 3) == "%(count)d things"
    assert english.pgettext("扉", "開く") == "開く"
    with (locale / "ja_Plain/LC_MESSAGES/django.mo").open("rb") as file:
        plain = gettext.GNUTranslations(file)
    assert plain.gettext("受付番号") == "受付番号"


def test_nothing_to_compile_imports_nothing_heavy() -> None:
    catalogues.compile_all()
    code = (
        "import sys; from madoguchi.lib import catalogues; catalogues.main(['--compile']); "
        "sys.exit(bool({'babel', 'django'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_order_is_needed(capsys) -> None:
    with pytest.raises(SystemExit):
        catalogues.main([])
