// Of which type bytes are, by looking at them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::attachment {

// "image/jpeg"; "application/octet-stream" for what is not recognised. The first MiB tells of most. Internal if the
// system's database of types cannot be read.
absl::StatusOr<std::string> MediaTypeOf(absl::string_view bytes);

}  // namespace tamga::attachment
