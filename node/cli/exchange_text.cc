#include "node/cli/exchange_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/cli/enum_name.h"
#include "node/cli/output.h"

namespace tamga::cli {

std::string ArticlesText(const google::protobuf::RepeatedPtrField<std::string>& articles) {
  return articles.empty() ? "-" : absl::StrJoin(articles, ", ");
}

void SayExchange(Environment& environment, const v1::ExchangeSummary& exchange) {
  std::string line = absl::StrCat(exchange.partner(), ": ", ShortEnumName(exchange.delivery_state()), " by ",
                                  ArticlesText(exchange.articles()), ", exchange ", exchange.exchange_id());
  if (exchange.withheld_fields_size() > 0) {
    absl::StrAppend(&line, ", withheld: ", absl::StrJoin(exchange.withheld_fields(), ", "));
  }
  if (exchange.obligations_size() > 0) {
    std::vector<std::string> obligations;
    for (const v1::Obligation& obligation : exchange.obligations()) {
      obligations.push_back(ShortEnumName(obligation.type()));
    }
    absl::StrAppend(&line, ", in return: ", absl::StrJoin(obligations, ", "));
  }
  if (exchange.delivery_state() == v1::DELIVERY_STATE_QUEUED) {
    absl::StrAppend(&line, ". The partner cannot be reached; the node goes on trying.");
  }
  Say(environment, line);
}

}  // namespace tamga::cli
