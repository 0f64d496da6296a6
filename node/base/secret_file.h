// What a file must be like before a secret is read from it (ReadSecretFile in file.h).
#pragma once

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"

namespace tamga {

// FailedPrecondition, naming the file and the fix, unless it is a regular file that belongs to `user` (a process's) or
// to root and that nobody else may read: mode 0600 or stricter. One of root's that nobody may write may be readable for
// its group, mode 0440: so service managers hand credentials to a service.
absl::Status CheckSecretFile(const std::string& path, const struct stat& file, uid_t user);

// FailedPrecondition if everybody may put another file in the place of `path`, which is in `folder`. Where only its
// owner may remove a file (sticky, as /tmp), it is good.
absl::Status CheckSecretFolder(const std::string& path, const std::string& folder, const struct stat& info);

}  // namespace tamga
