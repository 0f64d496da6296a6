#include <set>

#include "policy/validate_forms.h"
#include "policy/validate_parts.h"
#include "tamga/v1/data_class.pb.h"

namespace tamga::policy {

void CheckDisclosure(const v1::Disclosure& disclosure, const Place& place, Findings* findings) {
  if (!v1::DisclosureLevel_IsValid(disclosure.level()) || disclosure.level() == v1::DISCLOSURE_LEVEL_UNSPECIFIED) {
    findings->Add(place.Field("level"), "is required; say how much may be told");
  }
  if (!v1::OnExcess_IsValid(disclosure.on_excess())) {
    findings->Add(place.Field("on_excess"), "must be ON_EXCESS_WITHHOLD or ON_EXCESS_REFUSE");
  }
  const bool is_partial = disclosure.level() == v1::DISCLOSURE_LEVEL_PARTIAL;
  if (is_partial && disclosure.classes().empty()) {
    findings->Add(place.Field("level"), "names no classes; name them, or use DISCLOSURE_LEVEL_REFERENCE");
  }
  std::set<int> seen;
  for (int i = 0; i < disclosure.classes_size(); ++i) {
    const v1::DataClass data_class = disclosure.classes(i);
    const Place element = place.Element("classes", i);
    if (!is_partial) findings->Add(element, "belongs with DISCLOSURE_LEVEL_PARTIAL only; leave it out");
    if (!v1::DataClass_IsValid(data_class) || data_class == v1::DATA_CLASS_UNSPECIFIED ||
        data_class == v1::DATA_CLASS_SAFEGUARD) {
      findings->Add(element, "must be a known class other than UNSPECIFIED and SAFEGUARD, which never leave");
    }
    CheckUnique(&seen, data_class, element, findings);
  }
}

bool IsDelicate(const v1::Disclosure& disclosure) {
  if (disclosure.level() == v1::DISCLOSURE_LEVEL_FULL) return true;
  for (const int data_class : disclosure.classes()) {
    switch (data_class) {
      case v1::DATA_CLASS_BELIEF:
      case v1::DATA_CLASS_CIRCUMSTANCE:
      case v1::DATA_CLASS_VICTIM_IDENTITY:
      case v1::DATA_CLASS_VICTIM_CONTACT:
      case v1::DATA_CLASS_VICTIM_CIRCUMSTANCE:
        return true;
      default:
        break;
    }
  }
  return false;
}

}  // namespace tamga::policy
