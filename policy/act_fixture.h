// Treaty offices that sign in tests. Their signatures are not Ed25519, but as hard to guess for a test.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/act.h"
#include "policy/register.h"

namespace tamga::policy {

// The key of that name: 64 hexadecimal digits.
std::string KeyNamed(absl::string_view name);

v1::TreatyOffice OfficeOf(absl::string_view state, const std::vector<std::string>& key_names, uint32_t threshold);

// A SignatureCheck.
bool IsSignature(absl::string_view key, absl::string_view message, absl::string_view signature);

// Adds a signature by the key of that name.
void SignBy(absl::string_view key_name, v1::SignedAct* act);

// The act after `head`, signed by the keys of those names.
v1::SignedAct NextAct(const RegisterHead& head, absl::string_view state, absl::string_view instrument,
                      const std::vector<std::string>& key_names);

}  // namespace tamga::policy
