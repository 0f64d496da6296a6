// A key and its certificate, two files that have to change together. The new ones are written beside the old ones, as
// <file>.next, and renamed into place, the key first: between the two renames whoever reads them finds a key that is
// not the certificate's, and has to look again. If a crash leaves them so, FinishReplacement mends it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::enrolment {

struct KeyFiles {
  std::string certificate_file;
  std::string key_file;
};

// A new P-256 key in PEM (PKCS#8, a secret), durable in <key_file>.next before this returns: what is then asked for in
// its name can be asked for again after a crash. If `keep` is set and such a file is there, its key.
absl::StatusOr<std::string> PrepareKey(const KeyFiles& files, bool keep);

// Removes the prepared key, if there is one: nobody has certified it, or nobody will.
void DiscardKey(const KeyFiles& files);

// Puts the prepared key and its certificate chain into place.
absl::Status Replace(const KeyFiles& files, absl::string_view chain_pem);

// Ends a replacement that a crash interrupted, and does nothing if there was none: to be called before the files are
// read. Removes a certificate that waits for a key that is not there.
absl::Status FinishReplacement(const KeyFiles& files);

}  // namespace tamga::enrolment
