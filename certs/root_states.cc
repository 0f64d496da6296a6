#include "certs/root_states.h"

#include <unicode/uloc.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/openssl_der.h"
#include "certs/openssl_ptr.h"
#include "certs/trust_domain.h"

namespace tamga::certs {
namespace {

// "KAZ" of "KZ" or "KAZ"; empty for what is no code of a State, such as the short name of a ministry.
std::string StateOfCode(absl::string_view code) {
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    const std::string alpha3 = uloc_getISO3Country(absl::StrCat("und_", *country).c_str());
    if (code == *country || code == alpha3) return alpha3;
  }
  return "";
}

// "KAZ" of "spiffe://kaz.tamga/x", "kaz.tamga" and "log.kaz.tamga"; empty for names elsewhere.
std::string StateOfName(std::string name) {
  absl::AsciiStrToLower(&name);
  absl::string_view host = absl::StripPrefix(name, "spiffe://");
  host = host.substr(0, host.find('/'));
  if (host.size() < 3) return "";
  const size_t top = host.rfind('.');
  if (top == absl::string_view::npos || top < 3) return "";
  const std::string state = absl::AsciiStrToUpper(host.substr(top - 3, 3));
  const bool is_whole_label = top == 3 || host[top - 4] == '.';
  return is_whole_label && IsStateCode(state) && host.substr(top - 3) == TrustDomainOf(state) ? state : "";
}

}  // namespace

std::set<std::string> StatesNamedBy(const Certificate& authority) {
  std::set<std::string> states;
  const X509_NAME* subject = X509_get_subject_name(authority.native());
  for (const int nid : {NID_countryName, NID_organizationName}) {
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, nid, at)) >= 0;) {
      states.insert(StateOfCode(TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))));
    }
  }
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(authority.native(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI || name->type == GEN_DNS) states.insert(StateOfName(TextOf(name->d.ia5)));
  }
  states.erase("");
  return states;
}

bool IsConstrainedTo(absl::string_view state, const Certificate& authority) {
  const NameConstraintsPtr constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(authority.native(), NID_name_constraints, nullptr, nullptr)));
  if (constraints == nullptr) return false;
  bool permits_own = false;
  const STACK_OF(GENERAL_SUBTREE)* permitted = constraints->permittedSubtrees;
  for (int i = 0; permitted != nullptr && i < sk_GENERAL_SUBTREE_num(permitted); ++i) {
    const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(permitted, i)->base;
    if (base->type != GEN_URI) continue;
    if (absl::AsciiStrToLower(TextOf(base->d.ia5)) != TrustDomainOf(state)) return false;
    permits_own = true;
  }
  return permits_own;
}

}  // namespace tamga::certs
