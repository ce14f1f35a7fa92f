"""The registers of the reforms."""

from kaifaqu.domains.reforms.consultations import Consultation
from kaifaqu.domains.reforms.items import ItemNeed, PackageItem, PackageItemStep
from kaifaqu.domains.reforms.packages import Package

__all__ = ["Consultation", "ItemNeed", "Package", "PackageItem", "PackageItemStep"]
