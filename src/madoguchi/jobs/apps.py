from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "madoguchi.jobs"
    label = "jobs"
