#include "certs/openssl_error.h"

#include <openssl/err.h>

#include "absl/strings/str_cat.h"

namespace tamga::certs {

std::string DrainOpenSslErrors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    absl::StrAppend(&text, text.empty() ? "" : "; ", reason == nullptr ? "unknown error" : reason);
  }
  return text.empty() ? "no detail" : text;
}

absl::Status OpenSslError(absl::string_view what) {
  return absl::InternalError(absl::StrCat(what, ": ", DrainOpenSslErrors()));
}

}  // namespace tamga::certs
