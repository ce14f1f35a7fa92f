"""The address of the page that only research has."""

from django.urls import path

from kaifaqu.domains.research import views

urlpatterns = [path("test-reports/verify/", views.verify, name="verify-report")]
