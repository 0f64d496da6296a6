#include "node/ledger/tlog_policy.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/ledger/test_ed25519.h"

namespace tamga::ledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string LogVkey(absl::string_view name) { return FormatVkey(TestLogKey(name).key()); }
std::string WitnessVkey(absl::string_view name) { return FormatVkey(TestLogKey(name, kCosignature).key()); }

std::string Witness(absl::string_view name) { return absl::StrCat("witness ", name, " ", WitnessVkey(name), "\n"); }

std::vector<std::string> MistakesOf(const std::string& text) {
  const absl::StatusOr<TlogPolicy> policy = ParseTlogPolicy(text);
  if (policy.ok()) return {};
  return absl::StrSplit(policy.status().message(), '\n');
}

// The specification's example.
const char kExample[] =
    "group X-witnesses 2 X1 X2 X3\n"
    "group Y-witnesses any Y1 Y2 Y3\n"
    "group X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n";

std::string Example() {
  std::string text = absl::StrCat("log ", LogVkey("log.example"), "\n\n");
  for (const char* name : {"X1", "X2", "X3", "Y1", "Y2", "Y3"}) text += Witness(name);
  return text + kExample;
}

TEST(TlogPolicyTest, TheSpecificationsExampleCounts) {
  ASSERT_OK_AND_ASSIGN(const TlogPolicy policy, ParseTlogPolicy(Example()));
  EXPECT_THAT(policy.logs, SizeIs(1));
  EXPECT_THAT(policy.witnesses, SizeIs(6));
  EXPECT_EQ(policy.NameOf(TestLogKey("Y2", kCosignature).key()), "Y2");
  EXPECT_EQ(policy.NameOf(TestLogKey("Z", kCosignature).key()), "");
  EXPECT_TRUE(policy.IsQuorum({"X1", "X3", "Y2"}));
  EXPECT_TRUE(policy.IsQuorum({"X1", "X2", "X3", "Y1", "Y2", "Y3"}));
  EXPECT_FALSE(policy.IsQuorum({"X1", "X3"}));
  EXPECT_FALSE(policy.IsQuorum({"X1", "Y1", "Y2", "Y3"}));
  EXPECT_FALSE(policy.IsQuorum({}));
}

TEST(TlogPolicyTest, AQuorumCanBeOneWitnessOrNone) {
  ASSERT_OK_AND_ASSIGN(const TlogPolicy one, ParseTlogPolicy(Witness("A") + "quorum A\n"));
  EXPECT_TRUE(one.IsQuorum({"A"}));
  EXPECT_FALSE(one.IsQuorum({"B"}));
  ASSERT_OK_AND_ASSIGN(const TlogPolicy none, ParseTlogPolicy("quorum none"));
  EXPECT_TRUE(none.IsQuorum({}));
  EXPECT_EQ(none.quorum, "");
}

TEST(TlogPolicyTest, SpacesTabsCommentsAndUrlsAreTaken) {
  const std::string text =
      absl::StrCat("  # a comment: \xE2\x84\xAA\n\t\nwitness\tA\t", WitnessVkey("A"),
                   " https://witness.example/  \n\tlog ", LogVkey("L"), " https://log.example/\n quorum \t A\t\n");
  ASSERT_OK_AND_ASSIGN(const TlogPolicy policy, ParseTlogPolicy(text));
  EXPECT_EQ(policy.quorum, "A");
}

TEST(TlogPolicyTest, EachMistakeIsNamedByLineWithItsFix) {
  const std::string a = Witness("A");
  const std::string b = Witness("B");
  const std::pair<std::string, std::string> cases[] = {
      {a + "quorum A\x01\nquorum A\n", "line 2: holds a control character"},
      {a + "quorum A\r\nquorum A\n", "line 2: holds a control character"},
      {"watch A\nquorum none\n", "line 1: begins with \"watch\""},
      {"log\nquorum none\n", "line 1: is not \"log <vkey> [<url>]\""},
      {"log x\nquorum none\n", "line 1: vkey: "},
      {absl::StrCat("log ", WitnessVkey("A"), "\nquorum none\n"),
       "line 1: vkey: the key must be base64 of the type 0x01"},
      {absl::StrCat("log ", LogVkey("L"), "\nlog ", LogVkey("L"), "\nquorum none\n"),
       "line 2: names a key that another"},
      {"witness A\nquorum none\n", "line 1: is not \"witness <name> <vkey> [<url>]\""},
      {absl::StrCat("witness A ", LogVkey("A"), "\nquorum A\n"),
       "line 1: vkey: the key must be base64 of the type 0x04"},
      {a + a + "quorum A\n", "line 2: A is defined already"},
      {absl::StrCat(a, "witness B ", WitnessVkey("A"), "\nquorum A\n"), "line 2: has the key of A"},
      {absl::StrCat("witness none ", WitnessVkey("A"), "\nquorum none\n"), "line 1: the name none is not free"},
      {a + "group G any\nquorum A\n", "line 2: is not \"group <name> all|any|<k> <member>...\""},
      {a + "group A any A\nquorum A\n", "line 2: A is defined already"},
      {a + "group none any A\nquorum A\n", "line 2: the name none is not free"},
      {a + "group G any B\n" + b + "quorum A\n", "line 2: its member B is not defined"},
      {a + "group G any none\nquorum A\n", "line 2: its member none is not defined"},
      {a + "group G any G\nquorum A\n", "line 2: its member G is not defined"},
      {a + "group G any A A\nquorum G\n", "line 2: its member A is a member already"},
      {a + "group G any A\ngroup H any A\nquorum G\n", "line 3: its member A is a member already"},
      {a + "group G 0 A\nquorum G\n", "line 2: \"0\" is not how many of 1 members"},
      {a + "group G 2 A\nquorum G\n", "line 2: \"2\" is not how many of 1 members"},
      {a + "group G 01 A\nquorum G\n", "line 2: \"01\" is not how many of 1 members"},
      {a + "group G some A\nquorum G\n", "line 2: \"some\" is not how many of 1 members"},
      {a, "policy: there is no quorum"},
      {a + "quorum A\nquorum A\n", "line 3: there is a quorum already"},
      {a + "quorum A B\n", "line 2: is not \"quorum <name>\""},
      {"quorum A\n" + a, "line 1: A is not defined"},
  };
  for (const auto& [text, mistake] : cases) {
    const std::vector<std::string> mistakes = MistakesOf(text);
    ASSERT_FALSE(mistakes.empty()) << text;
    EXPECT_THAT(mistakes.front(), AllOf(StartsWith(mistake), HasSubstr("; "))) << text;
  }
}

TEST(TlogPolicyTest, AllMistakesAreTold) { EXPECT_THAT(MistakesOf("watch A\nlog\nquorum A\n"), SizeIs(3)); }

TEST(TlogPolicyTest, TheSameKeyUnderAnotherNameIsADuplicate) {
  NoteKey renamed = TestLogKey("A", kCosignature).key();
  renamed.name = "another.example";
  const std::string text = absl::StrCat(Witness("A"), "witness B ", FormatVkey(renamed), "\nquorum A\n");
  EXPECT_THAT(MistakesOf(text), ::testing::ElementsAre(HasSubstr("has the key of A")));
}

TEST(TlogPolicyTest, FortyOfEachAreTaken) {
  std::string text;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&text, "log ", LogVkey(absl::StrCat("log", i)), "\n");
  for (int i = 0; i < 40; ++i) text += Witness(absl::StrCat("W", i));
  absl::StrAppend(&text, "group G0 any W0\n");
  for (int i = 1; i < 40; ++i) absl::StrAppend(&text, "group G", i, " all W", i, " G", i - 1, "\n");
  ASSERT_OK_AND_ASSIGN(const TlogPolicy policy, ParseTlogPolicy(text + "quorum G39\n"));
  std::set<std::string> all;
  for (int i = 0; i < 40; ++i) all.insert(absl::StrCat("W", i));
  EXPECT_TRUE(policy.IsQuorum(all));
  all.erase("W17");
  EXPECT_FALSE(policy.IsQuorum(all));
}

TEST(TlogPolicyTest, MoreCosignaturesNeverUndoAQuorum) {
  ASSERT_OK_AND_ASSIGN(const TlogPolicy policy, ParseTlogPolicy(Example()));
  const std::vector<std::string> names = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};
  for (unsigned subset = 0; subset < 64; ++subset) {
    std::set<std::string> cosigners;
    for (size_t i = 0; i < names.size(); ++i) {
      if ((subset >> i & 1) != 0) cosigners.insert(names[i]);
    }
    if (!policy.IsQuorum(cosigners)) continue;
    for (const std::string& name : names) {
      std::set<std::string> more = cosigners;
      more.insert(name);
      EXPECT_TRUE(policy.IsQuorum(more));
    }
  }
}

}  // namespace
}  // namespace tamga::ledger
