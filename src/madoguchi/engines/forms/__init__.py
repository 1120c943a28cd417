"""The form engine: what is asked next, what counts, and what is wrong with it. Described in docs/engines/forms.md."""

from .answers import Place, get, path_of, put, rows_of, split_path
from .canonical import canonical_json, document_hash
from .changes import Difference, classify, differences
from .checking import check, check_walk
from .collection import Counted, alike, counted, own_questions
from .concepts import Concept, concepts
from .definition import TYPES, Calculation, Check, Choice, Faulty, Form, Origin, Page, Question, Repeat, Section, Text, questions_of
from .diffing import Change, diff
from .linting import Finding, lint
from .lists import DictLists, Entry, Lists, NoLists, rank
from .loading import load
from .problems import Problem, say
from .reading import Reading, ReadingProblem, read
from .shapes import parts_of, shape
from .showing import MASKED, show, show_date
from .texts import pick, ruby
from .timing import minutes
from .walked import Group, Item, Row, Walk, WalkedPage
from .walking import walk

__all__ = [
    "MASKED",
    "TYPES",
    "Calculation",
    "Change",
    "Check",
    "Choice",
    "Concept",
    "Counted",
    "DictLists",
    "Difference",
    "Entry",
    "Faulty",
    "Finding",
    "Form",
    "Group",
    "Item",
    "Lists",
    "NoLists",
    "Origin",
    "Page",
    "Place",
    "Problem",
    "Question",
    "Reading",
    "ReadingProblem",
    "Repeat",
    "Row",
    "Section",
    "Text",
    "Walk",
    "WalkedPage",
    "alike",
    "canonical_json",
    "check",
    "check_walk",
    "classify",
    "concepts",
    "counted",
    "diff",
    "differences",
    "document_hash",
    "get",
    "lint",
    "load",
    "minutes",
    "own_questions",
    "parts_of",
    "path_of",
    "pick",
    "put",
    "questions_of",
    "rank",
    "read",
    "rows_of",
    "ruby",
    "say",
    "shape",
    "show",
    "show_date",
    "split_path",
    "walk",
]
