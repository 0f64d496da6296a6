#include "node/cli/call_context.h"

#include "absl/strings/str_cat.h"

namespace tamga::cli {

void AddCallContext(const Command& command, v1::CallContext& context) {
  const Argument purpose = IntoEnum<v1::Purpose>([&context](v1::Purpose value) { context.set_purpose(value); });
  if (context.purpose() == v1::PURPOSE_UNSPECIFIED) {
    command.Required("--purpose", "Why it is asked", purpose);
  } else {
    command.Optional("--purpose", absl::StrCat("Why it is asked; ", ShortEnumName(context.purpose()), " if not given"),
                     purpose);
  }
  command.Required("--case-reference", "Your agency's file number; never a name",
                   Into(*context.mutable_case_reference()));
  command.Optional("--officer", "Staff number of the officer for whom it is asked; never a name",
                   Into(*context.mutable_officer()));
  command.Optional("--treaty", "Treaty to rely on; if not given, the node cites one",
                   Into(*context.mutable_treaty_id()));
  command.Optional(
      "--emergency", "Emergency that is claimed, if any; sealed with the request",
      IntoEnum<v1::EmergencyGround>([&context](v1::EmergencyGround ground) { context.set_emergency_ground(ground); }));
  command.Optional("--idempotency-key", "Makes a repeated command safe: the same key has one effect",
                   Into(*context.mutable_idempotency_key()));
}

void AddUseContext(const Command& command, v1::CallContext& context) {
  command.Optional("--purpose", "Why it is looked at; required for what came from another agency",
                   IntoEnum<v1::Purpose>([&context](v1::Purpose value) { context.set_purpose(value); }));
  command.Optional("--case-reference", "Your agency's file number, required with --purpose; never a name",
                   Into(*context.mutable_case_reference()));
  command.Optional("--officer", "Staff number of the officer for whom it is looked at; never a name",
                   Into(*context.mutable_officer()));
}

}  // namespace tamga::cli
