// For tests: roots as acts that change a State's roots name them.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/possession.h"
#include "certs/test_pki.h"
#include "node/base/encoding.h"

namespace tamga::policy {

// "roots { ... }" of ChangeRoots; `days` are more fields of it.
inline std::string RootText(absl::string_view state, const certs::Issued& root, absl::string_view days = "") {
  return absl::StrCat("roots { certificate: \"", Base64Encode(root.certificate.Der()), "\" possession: \"",
                      Base64Encode(certs::ProvePossession(state, root.certificate, *root.key).value()), "\" ", days,
                      " }\n");
}

}  // namespace tamga::policy
