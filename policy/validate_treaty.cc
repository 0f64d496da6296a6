#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/validate.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

constexpr uint32_t kLongestDays = 10 * 366;
constexpr uint32_t kLongestHours = 8'760;
// More than there are States, so that a convention of the United Nations fits.
constexpr int kMostParties = 250;
// What rules mean is proved for each pair of agencies, so the work grows with the square.
constexpr size_t kMostAgencies = 500;

void CheckHead(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  CheckDocumentId(treaty.id(), root.Field("id"), findings);
  CheckWritten(treaty.title(), root.Field("title"), findings);
  CheckLocalTexts(treaty.titles(), "titles", root, findings);
  CheckWritten(treaty.citation(), root.Field("citation"), findings);
  CheckTextStatus(treaty.text_status(), treaty.text_note(), root, findings);
  if (treaty.revocation_max_age_hours() > kLongestHours) {
    findings->Add(root.Field("revocation_max_age_hours"), absl::StrCat("must be at most ", kLongestHours));
  }
  if (!treaty.expires_on().empty()) CheckDay(treaty.expires_on(), root.Field("expires_on"), findings);
}

void CheckVersion(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  if (treaty.version() == 0) findings->Add(root.Field("version"), "is required; count from 1");
  if (treaty.version() > kMostVersions) {
    findings->Add(root.Field("version"),
                  absl::StrCat("must be at most ", kMostVersions, "; conclude a treaty of another id in its place"));
  }
  if (treaty.version() > 1) CheckSha256(treaty.previous_sha256(), root.Field("previous_sha256"), findings);
  if (treaty.version() <= 1 && !treaty.previous_sha256().empty()) {
    findings->Add(root.Field("previous_sha256"), "belongs with version 2 and later; leave it out or raise the version");
  }
}

void CheckEntry(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  const v1::EntryIntoForce& entry = treaty.entry_into_force();
  const Place place = root.Field("entry_into_force");
  if (!v1::EntryRule_IsValid(entry.rule()) || entry.rule() == v1::ENTRY_RULE_UNSPECIFIED) {
    findings->Add(place.Field("rule"), "is required: ENTRY_RULE_ALL_PARTIES, ENTRY_RULE_DEPOSITS or ENTRY_RULE_STATED");
  }
  const auto parties = static_cast<uint32_t>(treaty.parties_size());
  if (entry.rule() != v1::ENTRY_RULE_DEPOSITS && entry.deposits() != 0) {
    findings->Add(place.Field("deposits"), "belongs with ENTRY_RULE_DEPOSITS only; leave it out");
  } else if (entry.rule() == v1::ENTRY_RULE_DEPOSITS && (entry.deposits() == 0 || entry.deposits() > parties)) {
    findings->Add(place.Field("deposits"), absl::StrCat("must be from 1 to the number of parties, ", parties));
  }
  if (entry.rule() == v1::ENTRY_RULE_STATED && entry.delay_days() != 0) {
    findings->Add(place.Field("delay_days"),
                  "does not go with ENTRY_RULE_STATED, where the day is named; leave it out");
  }
  for (const auto& [field, days] :
       {std::pair("delay_days", entry.delay_days()), std::pair("denunciation_days", entry.denunciation_days())}) {
    if (days > kLongestDays) findings->Add(place.Field(field), absl::StrCat("must be at most ", kLongestDays));
  }
}

void CheckParties(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  const bool is_domestic = treaty.parties_size() == 1 && treaty.parties(0).agencies_size() >= 2;
  if (treaty.parties_size() < 2 && !is_domestic) {
    findings->Add(root.Field("id"), "has too few parties; name at least two States, or one with two agencies");
  }
  if (treaty.parties_size() > kMostParties) {
    findings->Add(root.Element("parties", kMostParties),
                  absl::StrCat("is one too many; at most ", kMostParties, " are allowed"));
    return;
  }
  std::set<std::string> seen;
  for (int i = 0; i < treaty.parties_size(); ++i) {
    const v1::Party& party = treaty.parties(i);
    const Place place = root.Element("parties", i);
    CheckState(party.state(), place.Field("state"), findings);
    CheckAgencies(party.agencies(), party.state(), place, findings);
    CheckUnique(&seen, party.state(), place.Field("state"), findings);
  }
}

void CheckNumberOfAgencies(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  std::set<absl::string_view> names;
  for (const v1::Party& party : treaty.parties()) names.insert(party.agencies().begin(), party.agencies().end());
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) {
      names.insert(rule.scope().askers().begin(), rule.scope().askers().end());
      names.insert(rule.scope().answerers().begin(), rule.scope().answerers().end());
    }
  };
  add(treaty.grants());
  add(treaty.prohibitions());
  add(treaty.ceilings());
  add(treaty.duties());
  add(treaty.invariants());
  if (names.size() > kMostAgencies) {
    findings->Add(root.Field("id"), absl::StrCat("names ", names.size(), " agencies in its parties and rules; at most ",
                                                 kMostAgencies, " are allowed"));
  }
}

Known KnownIn(const v1::Treaty& treaty) {
  Known known;
  for (const v1::Article& article : treaty.articles()) known.articles.insert(article.number());
  for (const v1::Party& party : treaty.parties()) {
    known.states.insert(party.state());
    known.agencies.insert(party.agencies().begin(), party.agencies().end());
  }
  return known;
}

void CheckGrant(const v1::Grant& grant, const Known& known, const Place& place, std::set<std::string>* seen,
                Findings* findings) {
  CheckGrantHead({grant.id(), grant.cites(), grant.scope()}, known, place, seen, findings);
  CheckConditions(grant.when(), place, findings);
  CheckDisclosure(grant.request(), place.Field("request"), findings);
  CheckDisclosure(grant.reply(), place.Field("reply"), findings);
  if (IsDelicate(grant.request()) || IsDelicate(grant.reply())) {
    CheckWritten(grant.justification(), place.Field("justification"), findings);
  }
  const auto& operations = grant.scope().operations();
  const bool is_check = std::count(operations.begin(), operations.end(), v1::OPERATION_WATCHLIST_CHECK) > 0;
  if (is_check && grant.reply().level() == v1::DISCLOSURE_LEVEL_NONE) {
    // The answer to a check is whether there is a record.
    findings->Add(place.Field("reply").Field("level"), "lets out no answer to a check; use HIT_NO_HIT or more");
  }
  std::set<int> types;
  for (int i = 0; i < grant.obligations_size(); ++i) {
    const Place obligation = place.Element("obligations", i);
    CheckObligation(grant.obligations(i), obligation, findings);
    const int type_and_bearer = grant.obligations(i).type() * v1::Bearer_ARRAYSIZE + grant.obligations(i).bearer();
    CheckUnique(&types, type_and_bearer, obligation.Field("type"), findings);
  }
}

void CheckRules(const v1::Treaty& treaty, const Known& known, const Place& root, Findings* findings) {
  if (treaty.grants_size() + treaty.prohibitions_size() + treaty.ceilings_size() + treaty.duties_size() == 0) {
    findings->Add(root.Field("id"), "has no rules; write what the treaty allows, forbids, limits or demands");
  }
  std::set<std::string> seen;  // of all rules together, so that an id alone tells which one is meant
  for (int i = 0; i < treaty.grants_size(); ++i) {
    CheckGrant(treaty.grants(i), known, root.Element("grants", i), &seen, findings);
  }
  CheckProhibitions(treaty.prohibitions(), known, root, &seen, findings);
  CheckCeilings(treaty.ceilings(), known, root, &seen, findings);
  CheckDuties(treaty.duties(), known, root, &seen, findings);
  for (int i = 0; i < treaty.invariants_size(); ++i) {
    const v1::Invariant& invariant = treaty.invariants(i);
    const Place place = root.Element("invariants", i);
    CheckRuleHead({invariant.id(), invariant.cites(), invariant.scope()}, known, place, &seen, findings);
    CheckConditions(invariant.when(), place, findings);
  }
}

}  // namespace

void ValidateTreaty(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  CheckHead(treaty, root, findings);
  CheckVersion(treaty, root, findings);
  CheckEntry(treaty, root, findings);
  CheckParties(treaty, root, findings);
  CheckNumberOfAgencies(treaty, root, findings);
  CheckNumberOfRules(treaty, root, findings);
  CheckSizeOfProofs(treaty, root, findings);
  CheckSizeOfTerms(treaty, root, findings);
  CheckArticles(treaty.articles(), root, findings);
  const Known known = KnownIn(treaty);
  CheckRules(treaty, known, root, findings);
  CheckReadmission(treaty, known, root, findings);
}

}  // namespace tamga::policy
