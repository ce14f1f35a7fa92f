"""What every command of `kaifaqu` shares: sentences on failure, one exit code a kind, and JSON throughout with --json."""

import json
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from kaifaqu.files import store
from kaifaqu.kernel.access import Installation, User

OK, USAGE, NOT_COMPUTABLE, REFUSED = 0, 2, 3, 4


def person(code: str) -> User:
    """Return the person in whose name and with whose rights a command acts. Raise LookupError for an unknown account."""
    found = User.objects.current().filter(code=code, is_active=True).first()
    if found is None:
        raise LookupError(_("没有启用的账号「{code}」。").format(code=code))
    return found


class _Parser(CommandParser):
    """Reports wrong usage as JSON where --json was asked for."""

    def error(self, message: str):
        if "--json" in sys.argv:
            print(json.dumps({"error": message, "exit": USAGE}, ensure_ascii=False))
            sys.exit(USAGE)
        super().error(message)


class Command(BaseCommand):
    """A command of the product: `run` answers with what --json prints; `show` writes the same for people."""

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser with --json, which every command has."""
        parser = _Parser(prog=f"kaifaqu {subcommand}", description=self.help or None, **kwargs)
        parser.add_argument("--json", action="store_true", help="JSON instead of text, of errors too")
        self.add_base_argument(parser, "--traceback", action="store_true", help="(developers) show where an error came from")
        self.add_base_argument(parser, "--no-color", action="store_true", help="no colours")
        self.add_base_argument(parser, "--force-color", action="store_true", help="colours always")
        parser.set_defaults(verbosity=1, settings=None, pythonpath=None, skip_checks=True)
        self.add_arguments(parser)
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print, and leave with the exit code of what happened."""
        as_json = options["json"]
        try:
            answer = self.run(**options)
        except ValidationError as problem:
            self.fail("\n".join(problem.messages), USAGE, as_json)
        except PermissionDenied as problem:
            self.fail(str(problem), REFUSED, as_json)
        except (ValueError, LookupError) as problem:
            self.fail(str(problem.args[0]), USAGE, as_json)
        except (DatabaseError, OSError) as problem:
            if store.is_full(problem):
                self.fail(store.sentence(problem), USAGE, as_json)
            if isinstance(problem, OSError):
                if problem.filename is None:
                    raise
                self.fail(_("「{file}」不能读写：{problem}。请换一个文件或文件夹。").format(
                    file=problem.filename, problem=problem.strerror), USAGE, as_json)
            self.fail(_("数据库不能使用，请先运行 start.py setup：{problem}").format(problem=problem), USAGE, as_json)
        except ObjectDoesNotExist:
            if Installation.objects.exists():
                raise
            self.fail(_("这里还没有安装好，请先运行 start.py setup。"), USAGE, as_json)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for line in self.show(answer):
                self.stdout.write(line)
        if code := self.exit_code(answer):
            sys.exit(code)

    def run(self, *args: Any, **options: Any) -> Any:
        """Do the work; return what --json prints."""
        raise NotImplementedError

    def show(self, answer: Any) -> Iterator[str]:
        """Yield the answer as lines for people."""
        raise NotImplementedError

    def exit_code(self, answer: Any) -> int:
        """Return the exit code of an answer."""
        return OK

    def fail(self, message: str, code: int, as_json: bool) -> NoReturn:
        """Leave with a sentence, as JSON where --json was asked for."""
        if as_json:
            self.stdout.write(json.dumps({"error": message, "exit": code}, ensure_ascii=False))
            sys.exit(code)
        raise CommandError(message, returncode=code)
