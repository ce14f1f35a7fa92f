"""Every text of the product is in English too, and the compiled catalogue is that of the source."""

from tests import translations


def test_every_text_has_an_english_translation():
    assert translations.problems() == [], "python -m tests.translations --add, then translate what is empty"


def test_the_compiled_catalogue_is_up_to_date():
    assert translations.COMPILED.read_bytes() == translations.compiled(), "python -m tests.translations"


def test_texts_are_found_in_code_and_templates():
    assert [*translations.in_python('_("甲")\nlabel = _t("乙").format(x=1)\n_(name)')] == ["甲", "乙"]
    template = """{% translate "丙" %}{% blocktranslate with n=x|length %}丁 {{ n }}{% endblocktranslate %}{% firstof x _("戊") %}"""
    assert [*translations.in_template(template)] == ["丙", "戊", "丁 %(n)s"]
