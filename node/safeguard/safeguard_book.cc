#include "node/safeguard/safeguard_book.h"

#include <algorithm>
#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/typed.h"
#include "node/safeguard/person_keys.h"

namespace tamga::safeguard {
namespace {

constexpr char kSafeguardKind[] = "safeguard";
constexpr char kFilingKind[] = "safeguard-filing";

void Add(v1::SafeguardGround ground, v1::ReadmissionSafeguards& standing) {
  switch (ground) {
    case v1::SAFEGUARD_GROUND_ASYLUM_CLAIM:
      return standing.set_asylum_claim_open(v1::TERNARY_YES);
    case v1::SAFEGUARD_GROUND_TRAFFICKING_INDICATOR:
      return standing.set_trafficking_indicator(v1::TERNARY_YES);
    case v1::SAFEGUARD_GROUND_UNACCOMPANIED_MINOR:
      return standing.set_unaccompanied_minor(v1::TERNARY_YES);
    default:
      break;
  }
  // A ground that a later version knows stops the person as well.
  standing.set_medical_hold(v1::TERNARY_YES);
}

}  // namespace

absl::StatusOr<v1::ReadmissionSafeguards> SafeguardBook::Standing(const v1::ReadmissionApplication& application,
                                                                  const std::string& case_id) const {
  v1::ReadmissionSafeguards standing;
  for (const std::string& key : SoughtUnder(application, case_id)) {
    ASSIGN_OR_RETURN(const Filing filing, FindFiling(key));
    for (const std::string& safeguard_id : filing.body.safeguard_ids()) {
      ASSIGN_OR_RETURN(const v1::Safeguard safeguard, Find(safeguard_id));
      if (safeguard.state() != v1::SAFEGUARD_STATE_RELEASED) Add(safeguard.ground(), standing);
    }
  }
  return standing;
}

absl::StatusOr<v1::Safeguard> SafeguardBook::Find(const std::string& safeguard_id) const {
  const absl::StatusOr<store::Record> record = records_.Get(kSafeguardKind, safeguard_id);
  if (absl::IsNotFound(record.status())) {
    return Error(absl::StatusCode::kNotFound, "SAFEGUARD_UNKNOWN", "safeguard_id: this node holds no such safeguard");
  }
  RETURN_IF_ERROR(record.status());
  return domain::ParseStored<v1::Safeguard>(*record);
}

absl::StatusOr<SafeguardPage> SafeguardBook::List(size_t page_size, const std::string& page_token) const {
  ASSIGN_OR_RETURN(store::RecordList list, records_.List(kSafeguardKind, page_size, page_token));
  SafeguardPage page;
  for (const store::Record& record : list.records) {
    ASSIGN_OR_RETURN(v1::Safeguard safeguard, domain::ParseStored<v1::Safeguard>(record));
    page.safeguards.push_back(std::move(safeguard));
  }
  page.next_page_token = std::move(list.next_page_token);
  return page;
}

absl::StatusOr<store::Effects> SafeguardBook::File(v1::Safeguard* fresh) const {
  store::Effects effects = Save(fresh);
  for (const std::string& key : FiledUnder(fresh->person())) {
    ASSIGN_OR_RETURN(Filing filing, FindFiling(key));
    filing.body.add_safeguard_ids(fresh->safeguard_id());
    effects.Add(records_.Put(kFilingKind, key, filing.version, filing.body.SerializeAsString(), clock_.Now()));
  }
  return effects;
}

store::Effects SafeguardBook::Save(v1::Safeguard* changed) const {
  const auto expected = static_cast<int64_t>(changed->version());
  changed->set_version(changed->version() + 1);
  return records_.Put(kSafeguardKind, changed->safeguard_id(), expected, changed->SerializeAsString(), clock_.Now());
}

absl::StatusOr<store::Effects> SafeguardBook::Unfile(const v1::Safeguard& safeguard) const {
  store::Effects effects;
  for (const std::string& key : FiledUnder(safeguard.person())) {
    ASSIGN_OR_RETURN(Filing filing, FindFiling(key));
    auto& ids = *filing.body.mutable_safeguard_ids();
    const auto rest = std::remove(ids.begin(), ids.end(), safeguard.safeguard_id());
    if (rest == ids.end()) continue;
    ids.erase(rest, ids.end());
    effects.Add(ids.empty()
                    ? records_.Delete(kFilingKind, key, filing.version)
                    : records_.Put(kFilingKind, key, filing.version, filing.body.SerializeAsString(), clock_.Now()));
  }
  return effects;
}

absl::StatusOr<SafeguardBook::Filing> SafeguardBook::FindFiling(const std::string& key) const {
  Filing filing;
  const absl::StatusOr<store::Record> record = records_.Get(kFilingKind, key);
  if (absl::IsNotFound(record.status())) return filing;
  RETURN_IF_ERROR(record.status());
  ASSIGN_OR_RETURN(filing.body, domain::ParseStored<v1::SafeguardFiling>(*record));
  filing.version = record->version;
  return filing;
}

}  // namespace tamga::safeguard
