// A node's configuration file as `tamga node init` writes it: every field with what it means, ready to be edited.
#pragma once

#include <string>

#include "tamga/v1/node_config.pb.h"

namespace tamga::cli {

// The fields of `config` in text format under comments. Limits that are not set stand as comments with their defaults.
// The text parses back to `config`.
std::string NodeConfigText(const v1::NodeConfig& config);

}  // namespace tamga::cli
