"""The kernel's own registers keep what every register keeps."""

from datetime import date

from kaifaqu.kernel.access import Grant, Membership, Party, Role, User
from kaifaqu.kernel.testing import RegisterTests


class TestParties(RegisterTests):
    register = Party

    def facts(self, zone):
        return {"code": "BUREAU", "name": "统计局"}


class TestUsers(RegisterTests):
    register = User

    def facts(self, zone):
        return {"code": "zhang", "name": "演示人员 001"}


class TestRoles(RegisterTests):
    register = Role

    def facts(self, zone):
        return {"code": "reader", "name": "查看", "rights": "parties.view"}


class TestMemberships(RegisterTests):
    register = Membership

    def facts(self, zone):
        clerk, role = User.objects.get(code="clerk"), Role.objects.get(code="role-clerk")
        return {"user": clerk, "party": zone, "role": role, "since": date(2024, 1, 1)}


class TestGrants(RegisterTests):
    register = Grant

    def facts(self, zone):
        return {"receiver": zone, "right": "parties.view", "purpose": "测试", "since": date(2024, 1, 1)}
