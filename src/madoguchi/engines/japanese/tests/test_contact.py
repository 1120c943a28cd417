import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.engines.japanese import ContactProblem, email_suggestion, normalise_email, normalise_phone, normalise_postal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09012345678", "090-1234-5678"),
        ("０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("090 1234 5678", "090-1234-5678"),
        ("+81 90-1234-5678", "090-1234-5678"),
        ("＋８１９０１２３４５６７８", "090-1234-5678"),
        ("06012345678", "060-1234-5678"),
        ("(03)3647-9111", "03-3647-9111"),
        ("03(3647)9111", "03-3647-9111"),
        ("０３（３６４７）９１１１", "03-3647-9111"),
        ("0336479111", "03-3647-9111"),
        ("0120123456", "0120-123-456"),
        ("05012345678", "050-1234-5678"),
        ("0996921234", "09969-2-1234"),
    ],
)
def test_phone(text, expected):
    assert normalise_phone(text) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "phone.unreadable"),
        ("なし", "phone.unreadable"),
        ("0120-HELLO", "phone.unreadable"),
        ("090-1234-5678 内線3", "phone.unreadable"),
        ("1" * 31, "phone.unreadable"),
        ("110", "phone.wrong_length"),
        ("03-3647-911", "phone.wrong_length"),
        ("090-1234-56789", "phone.wrong_length"),
        ("+1 212 555 1234", "phone.foreign"),
        ("03-0000-0000", "phone.unknown_number"),
    ],
)
def test_refused_phones(text, key):
    with pytest.raises(ContactProblem) as caught:
        normalise_phone(text)
    assert caught.value.key == key


@pytest.mark.parametrize("text", ["1350016", "135-0016", "〒135-0016", "〒 １３５－００１６", "135ー0016", " 135 0016 "])
def test_postal(text):
    assert normalise_postal(text) == "135-0016"


@pytest.mark.parametrize("text", ["", "135", "135-00160", "東陽", "1350016a"])
def test_refused_postal(text):
    with pytest.raises(ContactProblem) as caught:
        normalise_postal(text)
    assert caught.value.key == "postal.unreadable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Taro.Yamada@Example.JP ", "Taro.Yamada@example.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
        ("a.b.@ezweb.ne.jp", "a.b.@ezweb.ne.jp"),
        ("a+b_c-d@i.softbank.jp", "a+b_c-d@i.softbank.jp"),
        ("x@日本語.jp", "x@xn--wgv71a119e.jp"),
        ("x@sub.example.co.jp", "x@sub.example.co.jp"),
    ],
)
def test_email(text, expected):
    assert normalise_email(text) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "email.no_at"),
        ("taro.example.jp", "email.no_at"),
        ("@example.jp", "email.unreadable"),
        (".a@example.jp", "email.unreadable"),
        ("a@b", "email.unreadable"),
        ("a@@example.jp", "email.unreadable"),
        ("a b@example.jp", "email.unreadable"),
        ("a@exa mple.jp", "email.unreadable"),
        ("a@example..jp", "email.unreadable"),
        ("a@example.jp.", "email.unreadable"),
        ("a@-example.jp", "email.unreadable"),
        ("a@192.168.0.1", "email.unreadable"),
        ("山田@example.jp", "email.unreadable"),
        ("a@example.jp\nBcc: b@example.jp", "email.unreadable"),
        ("a" * 65 + "@example.jp", "email.too_long"),
        ("a@" + "b." * 130 + "jp", "email.too_long"),
    ],
)
def test_refused_emails(text, key):
    with pytest.raises(ContactProblem) as caught:
        normalise_email(text)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x@gmial.com", "x@gmail.com"),
        ("x@gmail.con", "x@gmail.com"),
        ("x@gmai.com", "x@gmail.com"),
        ("x@ggmail.com", "x@gmail.com"),
        ("x@gmail.co.jp", "x@gmail.com"),
        ("x@docomo.co.jp", "x@docomo.ne.jp"),
        ("x@yahoo.co.jpn", "x@yahoo.co.jp"),
        ("x@yahoo.ne.jp", "x@yahoo.co.jp"),
        ("x@ezwed.ne.jp", "x@ezweb.ne.jp"),
        ("x@gmail.com", None),
        ("x@ymail.com", None),
        ("x@mail.com", None),
        ("x@aw.com", None),
        ("x@city.example.lg.jp", None),
        ("x", None),
    ],
)
def test_email_suggestion(text, expected):
    assert email_suggestion(text) == expected


@given(st.text() | st.text("0123456789+-() ー@.a日", max_size=20))
def test_any_text_is_a_contact_or_a_contact_problem(text):
    for function in (normalise_phone, normalise_postal, normalise_email):
        try:
            once = function(text)
        except ContactProblem:
            continue
        assert function(once) == once
    email_suggestion(text)
