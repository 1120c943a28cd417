from django.apps import AppConfig
from django.core.checks import register

from madoguchi.lib.dbguards import check_owned


class AccountsConfig(AppConfig):
    name = "madoguchi.accounts"
    label = "accounts"

    def ready(self) -> None:
        register(check_owned)
