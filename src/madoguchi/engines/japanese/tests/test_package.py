import subprocess
import sys
from types import ModuleType

from madoguchi.engines import japanese


def test_everything_named_is_there_and_nothing_else_is_public():
    names = {name for name, value in vars(japanese).items() if not name.startswith("_") and not isinstance(value, ModuleType)}
    assert names == set(japanese.__all__)


def test_the_engine_needs_no_django():
    script = "import sys, madoguchi.engines.japanese; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 0
