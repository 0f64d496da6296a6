#include "certs/trust_domain.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tamga::certs {

bool IsStateCode(absl::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(),
                                         [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); });
}

std::string TrustDomainOf(absl::string_view state) { return absl::StrCat(absl::AsciiStrToLower(state), ".tamga"); }

}  // namespace tamga::certs
