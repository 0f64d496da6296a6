// Lists that come in pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "node/base/status_macros.h"

namespace tamga::cli {

inline constexpr uint64_t kDefaultListLimit = 100;

// Asks with `list` (request → StatusOr<response>) for page after page, from the request's page token on, until `limit`
// elements are there or no page is left. The pages' elements stand in one response, whose next_page_token is that of
// the last page asked for. `count_of` tells how many elements a response has.
template <typename Request, typename List, typename CountOf>
auto ListUpTo(uint64_t limit, Request request, List list, CountOf count_of) -> decltype(list(request)) {
  constexpr uint64_t kLargestPage = 500;
  auto all = typename decltype(list(request))::value_type();
  do {
    const uint64_t have = static_cast<uint64_t>(count_of(all));
    if (have >= limit) break;
    request.set_page_size(static_cast<uint32_t>(std::min(limit - have, kLargestPage)));
    if (!all.next_page_token().empty()) request.set_page_token(all.next_page_token());
    ASSIGN_OR_RETURN(const auto page, list(request));
    all.clear_next_page_token();
    all.MergeFrom(page);
  } while (!all.next_page_token().empty());
  return all;
}

// The same for all there are. `show` gets what is there so far.
template <typename Request, typename List, typename Show>
auto ListAll(const Request& request, List list, Show show) -> decltype(list(request)) {
  const auto count_nothing = [&](const auto& so_far) {  // so that no limit is reached
    show(so_far);
    return 0;
  };
  return ListUpTo(std::numeric_limits<uint64_t>::max(), request, list, count_nothing);
}

}  // namespace tamga::cli
