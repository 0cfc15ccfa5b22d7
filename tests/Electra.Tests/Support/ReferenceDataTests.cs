namespace Electra.Tests.Support;

public class ReferenceDataTests
{
    [Fact]
    public void Fixtures_kept_with_the_tests_are_found() => Assert.NotNull(ReferenceData.FindFixture("train-share-all/meta.json"));
}
