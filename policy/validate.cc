#include "policy/validate.h"

#include <optional>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/text.h"
#include "policy/day.h"

namespace tamga::policy {
namespace {

bool IsTreatyId(absl::string_view id) {
  if (id.empty() || id.size() > 64 || !absl::ascii_isupper(static_cast<unsigned char>(id[0]))) return false;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isupper(byte) && !absl::ascii_isdigit(byte) && c != '-') return false;
  }
  return true;
}

bool IsArticleNumber(absl::string_view number) {
  if (number.empty() || number.size() > 32) return false;
  for (const char c : number) {
    const bool is_mark = c == '.' || c == '(' || c == ')' || c == '-';
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !is_mark) return false;
  }
  return true;
}

void CheckWritten(const std::string& text, const Place& place, Findings* findings) {
  if (absl::StripAsciiWhitespace(text).empty()) findings->Add(place, "is required; write it");
}

void CheckHead(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  if (!IsTreatyId(treaty.id())) {
    findings->Add(root.Field("id"), "must be 1 to 64 capital letters, digits and hyphens, such as READMISSION-KAZ-KGZ");
  }
  if (treaty.version() == 0) findings->Add(root.Field("version"), "is required; count from 1");
  CheckWritten(treaty.title(), root.Field("title"), findings);
  CheckWritten(treaty.citation(), root.Field("citation"), findings);
  if (!v1::TextStatus_IsValid(treaty.text_status()) || treaty.text_status() == v1::TEXT_STATUS_UNSPECIFIED) {
    findings->Add(root.Field("text_status"), "must be TEXT_STATUS_OFFICIAL or TEXT_STATUS_MODEL");
  }
  if (treaty.text_status() != v1::TEXT_STATUS_OFFICIAL) {
    CheckWritten(treaty.text_note(), root.Field("text_note"), findings);
  }
}

void CheckParty(const v1::Party& party, const Place& place, Findings* findings) {
  if (!IsState(party.state())) {
    findings->Add(place.Field("state"), "must be an ISO 3166 alpha-3 code in capitals, such as KAZ");
  }
  const std::optional<absl::Time> from = ParseDay(party.in_force_from());
  if (!from.has_value()) findings->Add(place.Field("in_force_from"), "must be a day such as 2017-08-10");
  if (!party.in_force_until().empty()) {
    const std::optional<absl::Time> until = ParseDay(party.in_force_until());
    if (!until.has_value()) {
      findings->Add(place.Field("in_force_until"), "must be a day such as 2017-08-10, or be left out");
    } else if (from.has_value() && *until <= *from) {
      findings->Add(place.Field("in_force_until"), "must be later than in_force_from");
    }
  }
  if (party.agencies().empty()) findings->Add(place.Field("state"), "has no agencies; name at least one");
  std::set<std::string> seen;
  for (int i = 0; i < party.agencies_size(); ++i) {
    const Place agency = place.Element("agencies", i);
    if (!CheckAgency("agency", party.agencies(i)).ok()) {
      findings->Add(agency, "must name an agency, such as KAZ/border-service");
    } else if (StateOf(party.agencies(i)) != party.state()) {
      findings->Add(agency, absl::StrCat("must be an agency of ", party.state()));
    }
    CheckUnique(&seen, party.agencies(i), agency, findings);
  }
}

void CheckParties(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  const bool is_domestic = treaty.parties_size() == 1 && treaty.parties(0).agencies_size() >= 2;
  if (treaty.parties_size() < 2 && !is_domestic) {
    findings->Add(root.Field("id"), "has too few parties; name at least two States, or one with two agencies");
  }
  std::set<std::string> seen;
  for (int i = 0; i < treaty.parties_size(); ++i) {
    const Place place = root.Element("parties", i);
    CheckParty(treaty.parties(i), place, findings);
    CheckUnique(&seen, treaty.parties(i).state(), place.Field("state"), findings);
  }
}

void CheckArticles(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  if (treaty.articles().empty()) findings->Add(root.Field("id"), "has no articles; write those that the rules cite");
  std::set<std::string> seen;
  for (int i = 0; i < treaty.articles_size(); ++i) {
    const v1::Article& article = treaty.articles(i);
    const Place place = root.Element("articles", i);
    if (!IsArticleNumber(article.number())) {
      findings->Add(place.Field("number"), "must be a number as cited, such as 10.1(b)");
    }
    CheckUnique(&seen, article.number(), place.Field("number"), findings);
    CheckWritten(article.summary(), place.Field("summary"), findings);
  }
}

}  // namespace

bool IsState(absl::string_view state) {
  if (state.size() != 3) return false;
  for (const char c : state) {
    if (!absl::ascii_isupper(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

void ValidateTreaty(const v1::Treaty& treaty, const google::protobuf::TextFormat::ParseInfoTree* places,
                    Findings* findings) {
  const Place root(v1::Treaty::descriptor(), places);
  CheckHead(treaty, root, findings);
  CheckParties(treaty, root, findings);
  CheckArticles(treaty, root, findings);
  ValidateRules(treaty, root, findings);
}

}  // namespace tamga::policy
