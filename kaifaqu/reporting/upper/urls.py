"""Addresses of the upper-level forms."""

from django.urls import path

from kaifaqu.reporting.upper import views

urlpatterns = [
    path("upper/", views.counter, name="upper-counter"),
    path("upper/<int:pk>/", views.form, name="upper-form"),
    path("r/upper_forms/<int:pk>/do/workbook/", views.workbook, name="upper-workbook"),
    path("r/upper_forms/<int:pk>/do/fill/", views.fill, name="upper-fill"),
    path("upper/fillings/<int:pk>/", views.filling, name="upper-filling"),
    path("upper/fillings/<int:pk>/file/", views.file, name="upper-file"),
    path("upper/fillings/<int:pk>/proof/", views.proof, name="upper-proof"),
]
