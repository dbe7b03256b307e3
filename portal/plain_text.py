"""What people send is text: signs that no keyboard makes are taken out, since databases and pages trip over them."""

from __future__ import annotations

import re
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # all but tabs and the ends of lines


class PlainTextParser(FormDataParser):
    def parse(self, *args: Any, **kwargs: Any) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        stream, form, files = super().parse(*args, **kwargs)
        fields = [*form.items(multi=True)]
        if any(_CONTROL.search(name) or _CONTROL.search(value) for name, value in fields):
            form = self.cls([(_CONTROL.sub("", name), _CONTROL.sub("", value)) for name, value in fields])
        return stream, form, files


class PlainTextRequest(Request):
    form_data_parser_class = PlainTextParser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        found = super().args
        if b"%" not in self.query_string or not any(_CONTROL.search(value) for value in found.values()):
            return found
        fields = found.items(multi=True)
        return ImmutableMultiDict([(name, _CONTROL.sub("", value)) for name, value in fields])
