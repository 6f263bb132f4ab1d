"""A page out of a folder of tts/data."""

import json
import re

from tts.web.page import render


def test_what_is_put_in_stays_data():
    text = "</script><script>alert(1)</script> \u2028 & <b>"
    facts = {"model": text, "limits": {"characters": 5}}
    page = render("studio", data=facts)
    assert json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]) == facts
    assert page.count("<script") == 2 and "&lt;b&gt;" in page and "\u2028" not in page.split("<script")[1]
