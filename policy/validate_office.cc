#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/validate.h"
#include "policy/validate_forms.h"

namespace tamga::policy {
namespace {

constexpr size_t kKeyDigits = 64;
// Each signature of an act may have to be tried.
constexpr int kMostKeys = 32;

}  // namespace

void ValidateTreatyOffice(const v1::TreatyOffice& office, const Place& root, Findings* findings) {
  CheckState(office.state(), root.Field("state"), findings);
  if (office.keys_size() > kMostKeys) {
    findings->Add(root.Element("keys", kMostKeys),
                  absl::StrCat("is one too many; at most ", kMostKeys, " are allowed"));
  }
  std::set<std::string> seen;
  for (int i = 0; i < office.keys_size(); ++i) {
    const Place place = root.Element("keys", i);
    if (!IsHex(office.keys(i), kKeyDigits)) {
      findings->Add(place, "must be an Ed25519 public key in 64 lower-case hexadecimal digits");
    }
    CheckUnique(&seen, office.keys(i), place, findings);
  }
  if (office.threshold() == 0) findings->Add(root.Field("threshold"), "is required; say how many keys must sign");
  if (office.threshold() > seen.size()) {
    findings->Add(root.Field("threshold"), absl::StrCat("must be at most the number of keys, ", seen.size()));
  }
}

}  // namespace tamga::policy
