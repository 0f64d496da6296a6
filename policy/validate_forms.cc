#include "policy/validate_forms.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/trust_domain.h"
#include "node/base/text.h"
#include "policy/day.h"
#include "policy/spelling.h"

namespace tamga::policy {
namespace {

constexpr size_t kLongestId = 64;
constexpr size_t kLongestNumber = 32;
constexpr size_t kSha256Digits = 64;
constexpr int kMostAgenciesOfParty = 64;

template <typename Allowed>
bool IsMadeOf(absl::string_view text, Allowed is_allowed) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return is_allowed(static_cast<unsigned char>(c)); });
}

}  // namespace

bool IsDocumentId(absl::string_view id) {
  return !id.empty() && id.size() <= kLongestId && absl::ascii_isupper(static_cast<unsigned char>(id[0])) &&
         IsMadeOf(id, [](unsigned char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '-'; });
}

bool IsRuleId(absl::string_view id) {
  return !id.empty() && id.size() <= kLongestId &&
         IsMadeOf(id, [](unsigned char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; });
}

bool IsArticleNumber(absl::string_view number) {
  return !number.empty() && number.size() <= kLongestNumber && IsMadeOf(number, [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '(' || c == ')' || c == '-';
  });
}

bool IsHex(absl::string_view text, size_t digits) {
  return text.size() == digits &&
         IsMadeOf(text, [](unsigned char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

void CheckWritten(absl::string_view text, const Place& place, Findings* findings) {
  if (absl::StripAsciiWhitespace(text).empty()) findings->Add(place, "is required; write it");
}

void CheckState(absl::string_view state, const Place& place, Findings* findings) {
  if (!certs::IsStateCode(state)) {
    findings->Add(place, "must be an ISO 3166 alpha-3 code in capitals, such as KAZ");
  }
}

void CheckDocumentId(absl::string_view id, const Place& place, Findings* findings) {
  if (!IsDocumentId(id)) {
    findings->Add(place, "must be 1 to 64 capital letters, digits and hyphens, such as READMISSION-KAZ-KGZ");
  }
}

void CheckRuleId(absl::string_view id, const Place& place, Findings* findings) {
  if (!IsRuleId(id)) findings->Add(place, "must be 1 to 64 lower-case letters, digits and hyphens");
}

void CheckArticleNumber(absl::string_view number, const Place& place, Findings* findings) {
  if (!IsArticleNumber(number)) findings->Add(place, "must be a number as cited, such as 10.1(b)");
}

void CheckSha256(absl::string_view hex, const Place& place, Findings* findings) {
  if (!IsHex(hex, kSha256Digits)) {
    findings->Add(place, "must be the SHA-256 of the document's bytes in 64 lower-case hexadecimal digits");
  }
}

void CheckDay(absl::string_view day, const Place& place, Findings* findings) {
  if (!ParseDay(day).has_value()) findings->Add(place, "must be a day such as 2017-08-10");
}

void CheckStateOrAgency(absl::string_view name, const Place& place, Findings* findings) {
  if (!certs::IsStateCode(name) && !CheckAgency("agency", name).ok()) {
    findings->Add(place, "must be a State such as KAZ or an agency such as KAZ/border-service");
  }
}

void CheckAgencies(const Strings& agencies, absl::string_view state, const Place& parent, Findings* findings) {
  if (agencies.empty()) findings->Add(parent, "has no agencies; name at least one");
  if (agencies.size() > kMostAgenciesOfParty) {
    findings->Add(parent.Element("agencies", kMostAgenciesOfParty),
                  absl::StrCat("is one too many; at most ", kMostAgenciesOfParty, " are allowed"));
    return;
  }
  std::set<std::string> seen;
  for (int i = 0; i < agencies.size(); ++i) {
    const Place place = parent.Element("agencies", i);
    if (!CheckAgency("agency", agencies.Get(i)).ok()) {
      findings->Add(place, "must name an agency, such as KAZ/border-service");
    } else if (StateOf(agencies.Get(i)) != state) {
      findings->Add(place, absl::StrCat("must be an agency of ", state));
    }
    CheckUnique(&seen, agencies.Get(i), place, findings);
  }
}

std::string HintFrom(const std::set<std::string>& names, absl::string_view word, const Findings& findings) {
  if (findings.full()) return "";
  return DidYouMean(word, std::vector<absl::string_view>(names.begin(), names.end()));
}

}  // namespace tamga::policy
