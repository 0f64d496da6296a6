// Signing acts as a treaty office.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "certs/ed25519.h"
#include "policy/register.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::treaty {

// Whether the signature (128 hexadecimal digits) of the message is by the Ed25519 key (64): what policy::Register asks.
bool CheckActSignature(absl::string_view key, absl::string_view message, absl::string_view signature);

// The act that would follow `head` in the State's register, not yet signed.
v1::SignedAct NextAct(const std::string& state, const policy::RegisterHead& head, std::string instrument);

// Adds the key's signature; replaces one that the key made before.
void SignAct(const certs::Ed25519Key& key, v1::SignedAct* act);

}  // namespace tamga::treaty
