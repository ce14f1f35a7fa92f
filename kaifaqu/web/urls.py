"""Addresses of the frame."""

from django.urls import path
from django.views.i18n import set_language

from kaifaqu.web import design, helping, installation, search, signin, views

urlpatterns = [
    path("", views.home, name="home"),
    path("looked/", views.looked, name="looked"),
    path("week/", views.week, name="week"),
    path("events/", views.event_log, name="events"),
    path("design/", design.design, name="design"),
    path("settings/", installation.settings, name="settings"),
    path("settings/check/", installation.check, name="check-installation"),
    path("settings/domains/", installation.switch_domain, name="switch-domain"),
    path("settings/edition/", installation.choose_edition, name="choose-edition"),
    path("search/", search.search, name="search"),
    path("help/", helping.contents, name="help-contents"),
    path("help/<slug:name>/", helping.topic, name="help"),
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("password/", signin.own_password, name="password"),
    path("r/users/<int:pk>/do/set_password/", signin.set_password, name="set-password"),
    path("language/", set_language, name="set_language"),
]
