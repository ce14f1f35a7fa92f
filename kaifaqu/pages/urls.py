"""Addresses of the pages that every register and every figure has."""

from django.urls import path

from kaifaqu.files.actions import ATTACH, DETACH, PROVE
from kaifaqu.pages import attachments, collecting, drafting, exporting, figures, importing, jobs, records, rules, views

urlpatterns = [
    path("r/<register>/", records.records, name="records"),
    path("r/<register>/bulk/", records.bulk, name="bulk"),
    path("r/<register>/views/", records.keep_view, name="keep-view"),
    path("views/<int:pk>/drop/", records.drop_view, name="drop-view"),
    path("rules/", rules.rules, name="rules"),
    path("r/rules/new/", rules.new, name="new-rule"),
    path("r/<register>/new/", views.new, name="new"),
    path("r/<register>/new/<verb>/", views.new, name="new-by"),
    path("r/<register>/export/<format>/", exporting.export, name="export"),
    path("r/<register>/seen.xlsx", exporting.seen, name="seen"),
    path("r/<register>/message/", exporting.message, name="message"),
    path("r/<register>/template/", exporting.template, name="template"),
    path("r/<register>/import/", importing.hand_in, name="import-table"),
    path("imports/<uuid:pk>/", importing.look, name="import"),
    path("imports/<uuid:pk>/errors/", importing.errors, name="import-errors"),
    path("collections/new/<register>/", collecting.new, name="collect-new"),
    path("collections/<int:pk>/", collecting.board, name="collection"),
    path("collections/<int:pk>/send/", collecting.send, name="collection-send"),
    path("collections/<int:pk>/forward/", collecting.forward, name="collection-forward"),
    path("collections/<int:pk>/reminder/", collecting.reminder, name="collection-reminder"),
    path("collections/<int:pk>/receive/", collecting.receive, name="collection-receive"),
    path("collections/<int:pk>/merge/", collecting.merge, name="collection-merge"),
    path("collections/<int:pk>/units/<int:unit>/", collecting.unit, name="collection-unit"),
    path("collections/<int:pk>/units/<int:unit>/send/", collecting.send_one, name="collection-send-one"),
    path("collections/<int:pk>/answers/<uuid:upload>/", collecting.answer, name="collection-answer"),
    path("collections/<int:pk>/answers/<uuid:upload>/errors/", collecting.errors, name="collection-errors"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="cancel-job"),
    path("r/<register>/<int:pk>/", views.record, name="record"),
    path("r/<register>/<int:pk>/edit/", views.act, {"verb": "correct"}, name="edit"),
    path("r/<register>/<int:pk>/do/attach/", attachments.attach, {"verb": ATTACH}, name="attach"),
    path("r/<register>/<int:pk>/do/prove/", attachments.attach, {"verb": PROVE}, name="prove"),
    path("r/<register>/<int:pk>/do/detach/", attachments.detach, {"verb": DETACH}, name="detach"),
    path("r/<register>/<int:pk>/do/<verb>/", views.act, name="act"),
    path("files/<int:pk>/", attachments.download, name="download"),
    path("drafts/<uuid:pk>/discard/", drafting.discard, name="draft-discard"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<code>/", figures.figure, name="figure"),
    path("figures/<code>/export/<format>/", figures.export, name="figure-export"),
]
