"""The addresses of the page for car owners, and of the check for staff."""

from django.urls import path

from kaifaqu.reporting.scrappage import checking, public

urlpatterns = [
    path("trade-in/", public.page, name="trade-in"),
    path("trade-in/check/", checking.check, name="trade-in-check"),
    path("trade-in/check/<uuid:check>/", checking.checked, name="trade-in-checked"),
    path("trade-in/check/<uuid:check>/workbook/", checking.workbook, name="trade-in-workbook"),
    path("trade-in/check/template/", checking.blank, name="trade-in-blank"),
]
