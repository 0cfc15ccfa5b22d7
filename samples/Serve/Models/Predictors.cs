using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Models;

/// <summary>The predictors of a plan. They begin to be loaded when this is made, while the application around them is still being put together.</summary>
internal sealed class Predictors : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly Task _loading;

    /// <summary>Begins.</summary>
    public Predictors(ServePlan plan)
    {
        _services = new ServiceCollection().AddModels(plan).BuildServiceProvider();
        _loading = Task.Run(() =>
        {
            foreach (ModelPlan model in plan.Models) _services.GetRequiredKeyedService(ModelServices.TypeOf(model.Kind), model.Name);
        });
    }

    /// <summary>One of them, once it is loaded.</summary>
    /// <param name="name">Of its model.</param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head.</exception>
    public TPredictor Get<TPredictor>(string name)
        where TPredictor : class => _services.GetRequiredKeyedService<TPredictor>(name); // what is being loaded is waited for; what failed fails again

    public void Dispose()
    {
        _loading.ContinueWith(static task => task.Exception, TaskScheduler.Default).Wait(); // who asked for it has been told
        _services.Dispose();
    }
}
