// What an exchange left behind, as an officer reads it.
#pragma once

#include "node/cli/environment.h"
#include "tamga/v1/common.pb.h"

namespace tamga::cli {

// One line on stderr: the partner, how far it got, by which articles, what was withheld, and the exchange's id for the
// auditor.
void SayExchange(Environment& environment, const v1::ExchangeSummary& exchange);

// "art. 5, art. 7" or "-".
std::string ArticlesText(const google::protobuf::RepeatedPtrField<std::string>& articles);

}  // namespace tamga::cli
