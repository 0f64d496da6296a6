// Whom a certificate is to name, as the options of commands say it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/cli/command_line.h"

namespace tamga::cli {

struct WhoArguments {
  std::string agency;
  std::string role = "node";
  std::string name = "main";
};

// --agency, --role and --name.
void AddWho(const Command& command, WhoArguments& who);

// INVALID_FIELD, with the option, unless they name somebody whom a certificate can name.
absl::StatusOr<certs::Principal> PrincipalOf(const WhoArguments& who);

// An error of tamga-authority about the field that these options became, with the option that was typed.
absl::Status InOptions(const absl::Status& status);

}  // namespace tamga::cli
